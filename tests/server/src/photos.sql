-- Version 3: photos, each kept once a unit under the digest of its bytes, and which contents the configuration asks for.
CREATE TABLE attachment (
  unit TEXT NOT NULL REFERENCES unit(id), sha256 TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (unit, sha256)
) STRICT;
ALTER TABLE published ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]';
