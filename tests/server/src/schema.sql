-- Personal data stand in op.body and report.data in clear: this is the authority's side, not the phone's.
CREATE TABLE unit (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, profile TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE account (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, password TEXT NOT NULL) STRICT;
CREATE TABLE member (
  account TEXT NOT NULL REFERENCES account(id), unit TEXT NOT NULL REFERENCES unit(id), rights TEXT NOT NULL,
  PRIMARY KEY (account, unit)
) STRICT;
CREATE TABLE code (
  hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account(id), client TEXT NOT NULL, challenge TEXT NOT NULL,
  expires_ms INTEGER NOT NULL, spent TEXT
) STRICT;
CREATE TABLE family (
  id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account(id), client TEXT NOT NULL, revoked INTEGER NOT NULL,
  current TEXT NOT NULL, previous TEXT, proven INTEGER NOT NULL, used_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE refresh (hash TEXT PRIMARY KEY, family TEXT NOT NULL REFERENCES family(id)) STRICT;
CREATE TABLE access (
  hash TEXT PRIMARY KEY, family TEXT NOT NULL REFERENCES family(id), refresh TEXT NOT NULL, expires_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE report (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, unit TEXT NOT NULL REFERENCES unit(id), kind TEXT NOT NULL,
  state TEXT NOT NULL, closed INTEGER NOT NULL, revision INTEGER NOT NULL, version INTEGER NOT NULL,
  captured_by TEXT NOT NULL, received_ms INTEGER NOT NULL, duplicate_key TEXT, same_as TEXT, data TEXT NOT NULL,
  receipt TEXT NOT NULL, UNIQUE (unit, id)
) STRICT;
CREATE INDEX report_by_key ON report (unit, duplicate_key);
CREATE INDEX report_by_version ON report (unit, version);
CREATE TABLE op (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, unit TEXT NOT NULL, report TEXT NOT NULL,
  kind TEXT NOT NULL, revision INTEGER NOT NULL, sha256 TEXT NOT NULL, outcome TEXT NOT NULL, state TEXT NOT NULL,
  version INTEGER NOT NULL, same_as TEXT, receipt TEXT NOT NULL, times_seen INTEGER NOT NULL, device TEXT NOT NULL,
  sent_by TEXT NOT NULL, body TEXT NOT NULL,
  UNIQUE (unit, id), UNIQUE (unit, report, revision), FOREIGN KEY (unit, report) REFERENCES report (unit, id)
) STRICT;
