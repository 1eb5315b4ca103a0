CREATE TABLE payments (
  id uuid PRIMARY KEY,
  order_id bigint NOT NULL,
  provider text NOT NULL,
  amount numeric(12,2) NOT NULL,
  paid_at timestamptz,
  raw json
);
