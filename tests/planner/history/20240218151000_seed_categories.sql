INSERT INTO categories (name) VALUES ('Books'), ('Music'), ('Toys');
