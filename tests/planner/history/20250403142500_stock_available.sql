CREATE VIEW stock_available AS SELECT product_id, sum(on_hand - reserved) AS available FROM stock GROUP BY product_id;
