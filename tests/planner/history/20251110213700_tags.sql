CREATE TABLE tags (id serial PRIMARY KEY, label text NOT NULL);
CREATE UNIQUE INDEX tags_label_idx ON tags (label);
