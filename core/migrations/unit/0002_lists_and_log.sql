-- Lists page by state, the log is read by report and by time, and a tombstone says when the keys of its report were
-- destroyed as well.

-- Each ends in the row's own number, which is `seq`: lists come newest first without sorting.
CREATE INDEX by_work ON report(work);
CREATE INDEX by_standing ON report(standing);
CREATE INDEX by_state ON report(standing, work);           -- counts are read from it alone
CREATE INDEX by_dedup ON report(dedup_mac) WHERE dedup_mac IS NOT NULL;   -- one_live covers own reports only
CREATE INDEX by_purge ON report(purge_after_ms) WHERE purge_after_ms IS NOT NULL;
CREATE INDEX event_of ON event(report_id);
CREATE INDEX event_at ON event(at_ms);
CREATE INDEX receipt_of ON receipt(report_id);

ALTER TABLE tombstone ADD COLUMN destroyed_ms INTEGER;     -- NULL until the next key epoch; then no old copy opens it
