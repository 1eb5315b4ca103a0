CREATE TYPE shop.place AS (street text COLLATE "C", city text);
CREATE TYPE shop.color AS ENUM ('red', 'green');
CREATE TYPE shop.span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi, MULTIRANGE_TYPE_NAME =
    spans);
CREATE TYPE shop.raw (INPUT = raw_in, OUTPUT = raw_out, INTERNALLENGTH = 16, ALIGNMENT = int4);
CREATE TYPE shop.raw;
