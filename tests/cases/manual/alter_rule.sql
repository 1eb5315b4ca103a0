ALTER RULE keep ON shop.orders RENAME TO preserve;
