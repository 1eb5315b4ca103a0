SET LOCAL TimeZone = 'UTC';
ALTER TABLE species ALTER COLUMN published TYPE timestamptz;
