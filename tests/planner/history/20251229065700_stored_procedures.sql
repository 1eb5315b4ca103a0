CREATE FUNCTION order_total(bigint) RETURNS numeric LANGUAGE sql STABLE AS
  $$ SELECT sum(quantity * price) FROM order_lines WHERE order_id = $1 $$;
CREATE PROCEDURE close_orders() LANGUAGE sql AS
  $$ UPDATE orders SET status = 'cancelled' WHERE status = 'new' AND placed_at < now() - interval '30 days' $$;
