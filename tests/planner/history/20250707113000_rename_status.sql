ALTER TABLE orders RENAME CONSTRAINT orders_status_check TO orders_status_known;
ALTER INDEX orders_account_idx RENAME TO orders_by_account;
