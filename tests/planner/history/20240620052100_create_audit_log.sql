CREATE TABLE audit_log (
  at timestamptz NOT NULL DEFAULT now(),
  account_id bigint,
  action text NOT NULL,
  details jsonb
) PARTITION BY RANGE (at);
CREATE TABLE audit_log_2024 PARTITION OF audit_log
  FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE audit_log_rest PARTITION OF audit_log DEFAULT;
CREATE INDEX audit_log_account_idx ON audit_log (account_id, at);
