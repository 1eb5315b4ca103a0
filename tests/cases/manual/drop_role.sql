DROP ROLE IF EXISTS anna, bert;
