DROP FUNCTION IF EXISTS shop.tax(numeric), shop.split, shop.total(VARIADIC numeric[]) CASCADE;
