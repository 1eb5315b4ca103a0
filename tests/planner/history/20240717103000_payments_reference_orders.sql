ALTER TABLE payments ADD FOREIGN KEY (order_id) REFERENCES orders (id);
