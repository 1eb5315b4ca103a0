DROP PROCEDURE IF EXISTS shop.close_day(date), shop.put CASCADE;
