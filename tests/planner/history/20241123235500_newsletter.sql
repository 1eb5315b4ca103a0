CREATE TABLE newsletter_subscriptions (
  email varchar(255) PRIMARY KEY,
  confirmed boolean NOT NULL DEFAULT false,
  token uuid DEFAULT gen_random_uuid()
);
