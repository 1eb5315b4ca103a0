CREATE TABLE people (id serial PRIMARY KEY, name text NOT NULL, CHECK (name <> ''));
CREATE TABLE employees (salary numeric(10,2)) INHERITS (people);
