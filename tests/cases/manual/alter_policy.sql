ALTER POLICY own_rows ON shop.orders TO PUBLIC, clerk USING (owner = CURRENT_USER) WITH CHECK (total
    < 1000);
ALTER POLICY own_rows ON shop.orders RENAME TO mine;
