DROP VIEW stock_available;
DROP TRIGGER stock_noted ON stock;
ALTER TABLE stock ALTER COLUMN on_hand TYPE bigint, ALTER COLUMN reserved TYPE bigint;
CREATE VIEW stock_available AS SELECT product_id, sum(on_hand - reserved) AS available FROM stock GROUP BY product_id;
CREATE TRIGGER stock_noted AFTER UPDATE OF on_hand ON stock
  FOR EACH ROW WHEN (OLD.on_hand IS DISTINCT FROM NEW.on_hand) EXECUTE FUNCTION note_stock();
