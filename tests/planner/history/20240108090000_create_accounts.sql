CREATE TABLE accounts (
  id bigserial PRIMARY KEY,
  email varchar(255) NOT NULL,
  password_hash text NOT NULL,
  created_at timestamp NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX accounts_email_idx ON accounts (lower(email));
