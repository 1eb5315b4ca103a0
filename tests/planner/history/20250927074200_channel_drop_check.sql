ALTER TABLE orders DROP CONSTRAINT orders_channel_there;
