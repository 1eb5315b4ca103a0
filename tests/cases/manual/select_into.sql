SELECT id, total INTO TEMPORARY TABLE recent FROM shop.orders;
SELECT * INTO UNLOGGED shop.recent FROM shop.orders WHERE day > '2026-01-01';
