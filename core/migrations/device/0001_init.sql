-- device.db: this installation, who may use it, for which units, and how it reaches its server.
-- Values in enc_ columns are sealed under the device's own master key (alias apoa.device.<epoch>).

CREATE TABLE device(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  device_id BLOB NOT NULL CHECK(length(device_id) = 16),
  alias TEXT NOT NULL,
  wrapped_mk BLOB NOT NULL,
  server TEXT,            -- as the last sign-in left them
  trust TEXT,
  active_account BLOB,
  active_unit BLOB
) STRICT;

CREATE TABLE unit(
  id BLOB PRIMARY KEY CHECK(length(id) = 16),
  dir TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  enc_name BLOB NOT NULL,
  enc_profile BLOB
) STRICT;

CREATE TABLE account(
  id BLOB PRIMARY KEY CHECK(length(id) = 16),
  enc_name BLOB NOT NULL,
  state INTEGER NOT NULL CHECK(state BETWEEN 0 AND 2)   -- signed in, signed out, blocked
) STRICT;

CREATE TABLE membership(
  account_id BLOB NOT NULL REFERENCES account(id),
  unit_id BLOB NOT NULL REFERENCES unit(id),
  rights INTEGER NOT NULL,   -- bits: 1 report, 2 inspect, 4 manage
  PRIMARY KEY(account_id, unit_id)
) STRICT;

CREATE TABLE token(
  account_id BLOB PRIMARY KEY REFERENCES account(id),
  enc_refresh BLOB NOT NULL,
  enc_access BLOB,
  expires_ms INTEGER         -- server time; a wrong guess costs one answer 401
) STRICT;

CREATE TABLE config(
  serial INTEGER PRIMARY KEY,
  jws TEXT NOT NULL
) STRICT;
