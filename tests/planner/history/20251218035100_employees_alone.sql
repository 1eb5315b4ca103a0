ALTER TABLE employees NO INHERIT people;
