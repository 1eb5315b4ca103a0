-- What a user may do. Everybody may read; who may do more is decided one by one.

-- bellows: up
ALTER TABLE users ADD COLUMN role varchar(20) NOT NULL DEFAULT 'reader';

-- bellows: down
ALTER TABLE users DROP COLUMN role;
