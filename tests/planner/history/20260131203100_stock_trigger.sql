CREATE TABLE stock_changes (product_id integer, at timestamptz DEFAULT now());
CREATE FUNCTION note_stock() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO stock_changes (product_id) VALUES (NEW.product_id); RETURN NULL; END $$;
CREATE TRIGGER stock_noted AFTER UPDATE OF on_hand ON stock
  FOR EACH ROW WHEN (OLD.on_hand IS DISTINCT FROM NEW.on_hand) EXECUTE FUNCTION note_stock();
