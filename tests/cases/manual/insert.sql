WITH news AS (SELECT 1 AS id) INSERT INTO shop.orders AS o (id, place.city, list[2]) OVERRIDING
    SYSTEM VALUE SELECT id, 'Wien', 2 FROM news ON CONFLICT (id) WHERE active DO UPDATE SET total =
    excluded.total, (note, city) = (SELECT 'a', 'b') WHERE o.total < 5 RETURNING id, o.*;
INSERT INTO shop.orders DEFAULT VALUES;
INSERT INTO shop.orders (id, note) OVERRIDING USER VALUE VALUES (1, DEFAULT), (2, 'b') ON CONFLICT
    ON CONSTRAINT orders_pkey DO NOTHING;
INSERT INTO shop.orders VALUES (1) ON CONFLICT DO NOTHING RETURNING WITH (OLD AS o, NEW AS n) o.id,
    n.id;
INSERT INTO shop.orders (id) VALUES (1) ON CONFLICT (id) DO SELECT RETURNING *;
INSERT INTO shop.orders (id) VALUES (1) ON CONFLICT (id) DO SELECT FOR UPDATE WHERE orders.total > 0
    RETURNING id;
