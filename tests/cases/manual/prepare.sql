PREPARE recents (date, int) AS SELECT * FROM shop.orders WHERE day > $1 LIMIT $2;
