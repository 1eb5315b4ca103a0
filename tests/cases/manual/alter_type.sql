ALTER TYPE shop.place OWNER TO deployer;
ALTER TYPE shop.place RENAME TO spot;
ALTER TYPE shop.place SET SCHEMA archive;
ALTER TYPE shop.place RENAME ATTRIBUTE street TO road CASCADE;
ALTER TYPE shop.place ADD ATTRIBUTE floor integer RESTRICT, DROP ATTRIBUTE IF EXISTS city CASCADE,
    ALTER ATTRIBUTE street SET DATA TYPE text COLLATE "C" CASCADE;
ALTER TYPE shop.color ADD VALUE IF NOT EXISTS 'orange' AFTER 'red';
ALTER TYPE shop.color ADD VALUE 'pink' BEFORE 'red';
ALTER TYPE shop.color RENAME VALUE 'purple' TO 'mauve';
ALTER TYPE shop.raw SET (RECEIVE = raw_recv, SEND = NONE, STORAGE = extended);
