-- Version 4: what the office says beside a state, one-time secrets, installations, and the log, to which lines are only
-- ever added.
ALTER TABLE report ADD COLUMN decision TEXT NOT NULL DEFAULT '{}';
ALTER TABLE family ADD COLUMN device TEXT;
CREATE INDEX family_by_device ON family (device);
CREATE INDEX report_by_id ON report (id);
CREATE TABLE email (account TEXT PRIMARY KEY REFERENCES account(id), address TEXT NOT NULL) STRICT;
CREATE TABLE secret (
  hash TEXT PRIMARY KEY, kind TEXT NOT NULL, account TEXT NOT NULL REFERENCES account(id), expires_ms INTEGER NOT NULL,
  used INTEGER NOT NULL
) STRICT;
CREATE TABLE device (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, unit TEXT NOT NULL REFERENCES unit(id), id TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES account(id), first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
  revoked_ms INTEGER, UNIQUE (unit, id)
) STRICT;
CREATE INDEX device_by_id ON device (id);
CREATE TABLE deed (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, who TEXT, what TEXT NOT NULL, unit TEXT, device TEXT,
  about TEXT
) STRICT;
CREATE TRIGGER deed_fixed BEFORE UPDATE ON deed BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER deed_stays BEFORE DELETE ON deed BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
