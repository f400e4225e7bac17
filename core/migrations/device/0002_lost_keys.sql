-- A key that the vault says is lost may be there again one day: what it wrapped is kept, out of the way.

CREATE TABLE lost_key(
  alias TEXT PRIMARY KEY,
  wrapped_mk BLOB NOT NULL
) STRICT;
