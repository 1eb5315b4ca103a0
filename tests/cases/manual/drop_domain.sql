DROP DOMAIN IF EXISTS shop.postal_code, shop.amount CASCADE;
