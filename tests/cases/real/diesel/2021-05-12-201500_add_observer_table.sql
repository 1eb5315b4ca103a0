CREATE TABLE observer (
  id serial PRIMARY KEY,
  name text NOT NULL,
  UNIQUE (name)
);
INSERT INTO observer (name) SELECT DISTINCT observer FROM sighting;
ALTER TABLE sighting ADD COLUMN observer_id int REFERENCES observer ON DELETE CASCADE;
UPDATE sighting SET observer_id = o.id FROM observer o WHERE o.name = sighting.observer;
ALTER TABLE sighting ALTER COLUMN observer_id SET NOT NULL;
DROP VIEW sighting_view;
ALTER TABLE sighting DROP COLUMN observer;
CREATE VIEW sighting_view AS
  SELECT s.id, s.seen_on, o.name AS observer, p.latin
  FROM sighting s JOIN observer o ON o.id = s.observer_id JOIN species p ON p.id = s.species_id;
