CREATE STATISTICS stock_warehouse_product ON warehouse_id, product_id FROM stock;
ANALYZE stock;
