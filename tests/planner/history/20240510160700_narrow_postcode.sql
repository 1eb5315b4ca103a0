ALTER TABLE addresses ALTER COLUMN postcode TYPE varchar(10);
