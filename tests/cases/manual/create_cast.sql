CREATE CAST (shop.place AS text) WITH FUNCTION shop.to_text(shop.place) AS ASSIGNMENT;
CREATE CAST (bigint AS shop.key) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (shop.place AS varchar) WITH INOUT;
