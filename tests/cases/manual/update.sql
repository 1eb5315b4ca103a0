WITH late AS (SELECT id FROM shop.orders) UPDATE ONLY shop.orders AS o SET total = DEFAULT, (note,
    city) = ROW ('a', 'b'), (place.city, list[1]) = (SELECT 'x', 1) FROM late WHERE o.id = late.id
    RETURNING o.id;
UPDATE shop.orders SET total = 0 WHERE CURRENT OF rows;
UPDATE shop.orders SET total = total * 2 RETURNING WITH (OLD AS was, NEW AS now_is) was.total,
    now_is.total;
