-- Lists page by state, the log is read by report, and a tombstone says when the keys of its report were destroyed as
-- well. Every index is another page that each saved report writes: there are only those that a question needs.

-- A blind index keeps 16 bytes; the first version kept 32.
UPDATE report SET dedup_mac = substr(dedup_mac, 1, 16), doc_mac = substr(doc_mac, 1, 16);

-- One index finds the reports of a document and refuses a second live report of one stay: a new key moves every entry of
-- it, which lie in no order, and a second index would double that. Whatever is not live stands under its own id, and only
-- its like could meet it there. No `IN (...)`: SQLite would build a table for it each time a row enters or leaves.
DROP INDEX one_live;
DROP INDEX by_doc;
CREATE UNIQUE INDEX by_doc ON report(doc_mac, CASE WHEN dedup_mac IS NOT NULL AND enc_body IS NOT NULL
  AND standing <= 2 AND (standing > 0 OR work BETWEEN 2 AND 4) THEN dedup_mac ELSE id END);

-- Ends in the row's own number, which is `seq`: a list of one state comes newest first without sorting, and counts are
-- read from it alone. What waits is found by it too, so that no index by deadline is needed.
CREATE INDEX by_state ON report(work, standing);
DROP INDEX by_due;
CREATE INDEX by_purge ON report(purge_after_ms) WHERE purge_after_ms IS NOT NULL;
CREATE INDEX event_of ON event(report_id);
CREATE INDEX receipt_of ON receipt(report_id);

ALTER TABLE tombstone ADD COLUMN destroyed_ms INTEGER;     -- NULL until the next key epoch; then no old copy opens it
