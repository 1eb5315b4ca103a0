-- 300,000 users of the sample project, and what the proof of scripts/quickstart needs.
INSERT INTO users (email, name, password_hash, created_at)
SELECT 'user' || n || CASE WHEN n % 1000 = 0 THEN '@example.org' ELSE '@example.com' END,
       'User ' || n,
       '$2b$12$' || md5(n::text) || md5((-n)::text),
       timestamptz '2026-01-01' + n * interval '5 seconds'
FROM generate_series(1, 300000) AS n;

INSERT INTO sessions (user_id, token, expires_at)
SELECT n * 10, md5(n::text) || md5('token' || n), now() + interval '1 day'
FROM generate_series(1, 30000) AS n;

CREATE SCHEMA proof;

-- The order of the application's writes. Drawn in RETURNING, that is while the row is locked, so for
-- one row the higher number is the later write, whichever application made it.
CREATE SEQUENCE proof.write_order;

-- Each time that somebody else than the two applications updates a row of users: a backfill. Each
-- backfill has a number of its own: what the rename wrote, a later migration may write again.
CREATE SEQUENCE proof.round;
CREATE TABLE proof.backfilled (round bigint NOT NULL, id bigint NOT NULL);
CREATE FUNCTION proof.note_backfill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO proof.backfilled SELECT last_value, NEW.id FROM proof.round;
  RETURN NULL;
END $$;
CREATE TRIGGER note_backfill AFTER UPDATE ON users FOR EACH ROW
  WHEN (current_setting('application_name') NOT LIKE 'sample-application%')
  EXECUTE FUNCTION proof.note_backfill();

VACUUM ANALYZE users;
VACUUM ANALYZE sessions;
