CREATE FUNCTION note_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.words := to_tsvector('simple', coalesce(NEW.note, ''));
  RETURN NEW;
END $$;
ALTER TABLE sighting ADD COLUMN words tsvector;
CREATE TRIGGER sighting_words BEFORE INSERT OR UPDATE OF note ON sighting
  FOR EACH ROW EXECUTE FUNCTION note_text();
CREATE INDEX idx_sighting_words ON sighting USING gin (words);
