-- Version 2: the register of permits, who asked for one, and what the configuration was published with. Of a look-up
-- neither the key nor the record is kept.
CREATE TABLE permit (id INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;
CREATE TABLE permit_key (
  kind TEXT NOT NULL, key TEXT NOT NULL, permit INTEGER NOT NULL REFERENCES permit(id), PRIMARY KEY (kind, key)
) STRICT;
CREATE TABLE lookup (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, account TEXT NOT NULL, unit TEXT NOT NULL,
  device TEXT NOT NULL, key_kind TEXT NOT NULL, found INTEGER NOT NULL
) STRICT;
CREATE TABLE published (
  one INTEGER PRIMARY KEY CHECK (one = 1), serial INTEGER NOT NULL, issued_ms INTEGER NOT NULL, patterns TEXT
) STRICT;
