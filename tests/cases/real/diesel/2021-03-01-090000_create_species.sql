CREATE TABLE species (
  id serial PRIMARY KEY,
  latin varchar(120) NOT NULL UNIQUE,
  published timestamp NOT NULL DEFAULT now()
);
CREATE TABLE sighting (
  id serial PRIMARY KEY,
  species_id int REFERENCES species ON UPDATE CASCADE ON DELETE CASCADE NOT NULL,
  observer text NOT NULL,
  seen_on date NOT NULL,
  note text
);
CREATE INDEX idx_sighting_species ON sighting (species_id);
CREATE VIEW sighting_view AS
  SELECT s.id, s.seen_on, s.observer, (SELECT latin FROM species p WHERE p.id = s.species_id) AS latin
  FROM sighting s;
