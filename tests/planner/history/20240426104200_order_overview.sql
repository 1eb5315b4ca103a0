CREATE VIEW order_overview AS
  SELECT o.id, a.email, o.status, o.total
  FROM orders o JOIN accounts a ON a.id = o.account_id;
