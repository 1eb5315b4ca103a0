ALTER TABLE orders ADD COLUMN channel text;
ALTER TABLE orders ADD CONSTRAINT orders_channel_there CHECK (channel IS NOT NULL) NOT VALID;
