-- unit.db: everything of one reporting unit. Columns in clear reveal counts, times, sizes and states, never who;
-- they keep counts and deadlines visible while the key is locked.

CREATE TABLE key_epoch(
  epoch INTEGER PRIMARY KEY,
  alias TEXT NOT NULL UNIQUE,
  wrapped_mk BLOB NOT NULL,
  state INTEGER NOT NULL CHECK(state BETWEEN 0 AND 2)   -- filling, current, retiring
) STRICT;

CREATE TABLE report(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE CHECK(length(id) = 16),
  kind INTEGER NOT NULL,
  standing INTEGER NOT NULL DEFAULT 0 CHECK(standing BETWEEN 0 AND 4),  -- none received accepted rejected cancelled
  work INTEGER NOT NULL DEFAULT 1 CHECK(work BETWEEN 0 AND 5),  -- none draft queued wedged needs_correction discarded
  local_rev INTEGER NOT NULL DEFAULT 1,
  acked_rev INTEGER NOT NULL DEFAULT 0,                 -- a new op takes the larger of the two, plus 1
  server_version INTEGER NOT NULL DEFAULT 0,
  due_ms INTEGER,
  purge_after_ms INTEGER,                               -- NULL while the report is open
  hold INTEGER NOT NULL DEFAULT 0 CHECK(hold IN (0, 1)),
  same_as BLOB,
  captured_by BLOB NOT NULL,
  dedup_mac BLOB,
  doc_mac BLOB,
  epoch INTEGER NOT NULL REFERENCES key_epoch(epoch),
  wrapped_dek BLOB NOT NULL,
  enc_draft BLOB,                                       -- what is being typed
  enc_body BLOB,                                        -- the last finalised text; NULL if another device made it
  enc_summary BLOB NOT NULL                             -- the row of a list
) STRICT;

-- Two live reports of one stay cannot stand in one unit. Reports of other devices are no part of it, so that a pull
-- never fails on a guest whom two devices reported.
CREATE UNIQUE INDEX one_live ON report(dedup_mac)
  WHERE dedup_mac IS NOT NULL AND enc_body IS NOT NULL AND standing <= 2 AND (standing > 0 OR work IN (2, 3, 4));
CREATE INDEX by_doc ON report(doc_mac);
CREATE INDEX by_due ON report(due_ms) WHERE work = 2;

CREATE TABLE outbox(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  op_id BLOB NOT NULL UNIQUE CHECK(length(op_id) = 16),
  report_id BLOB NOT NULL REFERENCES report(id),
  kind INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  base_revision INTEGER NOT NULL CHECK(base_revision < revision),
  frozen BLOB NOT NULL,                                 -- sealed
  body_sha256 BLOB NOT NULL CHECK(length(body_sha256) = 32),
  maybe_sent INTEGER NOT NULL DEFAULT 0 CHECK(maybe_sent IN (0, 1)),
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before_ms INTEGER NOT NULL DEFAULT 0,             -- wall time, and the delay that set it
  delay_ms INTEGER NOT NULL DEFAULT 0,
  wedge_code TEXT,
  UNIQUE(report_id, revision)
) STRICT;

CREATE TABLE receipt(
  op_id BLOB NOT NULL,
  state INTEGER NOT NULL,
  report_id BLOB NOT NULL REFERENCES report(id),
  revision INTEGER NOT NULL,
  jws TEXT NOT NULL,
  iat_ms INTEGER NOT NULL,
  PRIMARY KEY(op_id, state)
) STRICT;

CREATE TABLE attachment(
  report_id BLOB NOT NULL REFERENCES report(id),
  sha256 BLOB NOT NULL CHECK(length(sha256) = 32),
  size INTEGER NOT NULL,
  uploaded INTEGER NOT NULL DEFAULT 0 CHECK(uploaded IN (0, 1)),
  sealed BLOB NOT NULL,
  PRIMARY KEY(report_id, sha256)
) STRICT;

CREATE TABLE event(                                     -- random ids and codes, never personal data
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  report_id BLOB,
  op_id BLOB,
  at_ms INTEGER NOT NULL,
  trust INTEGER NOT NULL,
  what INTEGER NOT NULL,
  code TEXT,
  actor BLOB
) STRICT;

CREATE TABLE tombstone(
  report_id BLOB PRIMARY KEY,
  receipt_sha256 BLOB,
  purged_ms INTEGER NOT NULL,
  rule TEXT NOT NULL
) STRICT;

CREATE TABLE sync_state(k TEXT PRIMARY KEY, v BLOB NOT NULL) STRICT;   -- unit id, clock offset, batch size

-- What may never happen is refused by the file itself, whatever a later version of the code does.
CREATE TRIGGER op_frozen BEFORE UPDATE OF op_id, report_id, kind, revision, base_revision, frozen, body_sha256 ON outbox
  BEGIN SELECT RAISE(ABORT, 'op is frozen'); END;
CREATE TRIGGER op_sent BEFORE UPDATE OF maybe_sent ON outbox WHEN old.maybe_sent = 1 AND new.maybe_sent = 0
  BEGIN SELECT RAISE(ABORT, 'sent stays sent'); END;
CREATE TRIGGER who_captured BEFORE UPDATE OF captured_by, id ON report
  BEGIN SELECT RAISE(ABORT, 'fixed'); END;
CREATE TRIGGER open_stays BEFORE DELETE ON report WHEN old.purge_after_ms IS NULL
  BEGIN SELECT RAISE(ABORT, 'open'); END;
