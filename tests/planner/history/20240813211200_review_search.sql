ALTER TABLE reviews ADD COLUMN body_length integer GENERATED ALWAYS AS (length(body)) STORED;
