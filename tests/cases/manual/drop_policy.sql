DROP POLICY IF EXISTS own_rows ON shop.orders;
