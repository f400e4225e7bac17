-- Codes nobody knew teach the next pattern: their redacted form and how often it was seen, never their text.

CREATE TABLE unknown_shape(
  shape TEXT PRIMARY KEY,
  seen INTEGER NOT NULL
) STRICT;
