-- Lists page by state, the log is read by report and by time, and a tombstone says when the keys of its report were
-- destroyed as well.

CREATE INDEX by_work ON report(work, seq);
CREATE INDEX by_standing ON report(standing, seq, work);   -- counts are read from it alone
CREATE INDEX by_purge ON report(purge_after_ms) WHERE purge_after_ms IS NOT NULL;
CREATE INDEX event_of ON event(report_id);
CREATE INDEX event_at ON event(at_ms);
CREATE INDEX receipt_of ON receipt(report_id);

ALTER TABLE tombstone ADD COLUMN destroyed_ms INTEGER;     -- NULL until the next key epoch; then no old copy opens it
