CREATE MATERIALIZED VIEW daily_sales AS
  SELECT date_trunc('day', placed_at) AS day, count(*) AS orders, sum(total) AS total
  FROM orders GROUP BY 1;
