DROP VIEW order_overview;
ALTER TABLE accounts ALTER COLUMN email TYPE text;
CREATE VIEW order_overview AS
  SELECT o.id, a.email, o.status, o.total, o.coupon, o.channel
  FROM orders o JOIN accounts a ON a.id = o.account_id;
