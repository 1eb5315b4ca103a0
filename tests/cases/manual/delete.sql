WITH old AS (SELECT id FROM shop.orders WHERE day < '2020-01-01') DELETE FROM ONLY shop.orders AS o
    USING old WHERE o.id = old.id RETURNING o.*, o.total AS gone;
DELETE FROM shop.orders WHERE CURRENT OF rows;
DELETE FROM shop.orders RETURNING WITH (OLD AS was) was.id;
