CREATE TYPE carrier AS ENUM ('dhl', 'ups', 'gls');
CREATE TABLE shipments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES orders,
  carrier carrier NOT NULL,
  tracking_number text,
  shipped_at timestamptz,
  EXCLUDE USING btree (tracking_number WITH =)
);
