CREATE UNLOGGED TABLE web_sessions (
  token text PRIMARY KEY,
  account_id bigint REFERENCES accounts ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);
CREATE INDEX ON web_sessions (expires_at);
