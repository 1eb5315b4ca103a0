ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE orders ADD CONSTRAINT orders_note_short CHECK (length(note) < 2000) NOT VALID;
