DO $$
BEGIN
  UPDATE orders SET total = coalesce(order_total(id), 0);
END
$$;
