-- What users call themselves is not their name. Applications that run know only the old column.

-- bellows: up
ALTER TABLE users RENAME COLUMN name TO display_name;

-- bellows: down
ALTER TABLE users RENAME COLUMN display_name TO name;
