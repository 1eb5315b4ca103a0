CREATE DOMAIN shop.postal_code AS text COLLATE "C" DEFAULT '00000' CONSTRAINT there NOT NULL CHECK
    (VALUE ~ '^\d{5}$');
CREATE DOMAIN shop.amount numeric NULL;
