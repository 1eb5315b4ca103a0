CREATE TABLE events (
  id bigserial,
  kind text NOT NULL,
  payload jsonb,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_kind_idx ON events USING btree (kind) INCLUDE (created_at);
CREATE INDEX events_payload_idx ON events USING gin (payload jsonb_path_ops);
