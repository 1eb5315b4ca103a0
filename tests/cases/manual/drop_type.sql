DROP TYPE IF EXISTS shop.place, shop.color CASCADE;
