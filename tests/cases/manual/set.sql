SET SESSION work_mem TO '64MB';
SET LOCAL search_path = shop, public;
SET work_mem TO DEFAULT;
SET TIME ZONE LOCAL;
SET LOCAL TIME ZONE 'Europe/Vienna';
SET SCHEMA 'shop';
SET NAMES 'UTF8';
SET SEED TO 0.5;
SET work_mem FROM CURRENT;
