DROP VIEW order_overview;
DROP MATERIALIZED VIEW daily_sales;
ALTER TABLE orders ALTER COLUMN total TYPE numeric(14,2);
CREATE MATERIALIZED VIEW daily_sales AS
  SELECT date_trunc('day', placed_at) AS day, count(*) AS orders, sum(total) AS total
  FROM orders GROUP BY 1;
CREATE UNIQUE INDEX daily_sales_day_idx ON daily_sales (day);
CREATE VIEW order_overview AS
  SELECT o.id, a.email, o.status, o.total, o.coupon
  FROM orders o JOIN accounts a ON a.id = o.account_id;
