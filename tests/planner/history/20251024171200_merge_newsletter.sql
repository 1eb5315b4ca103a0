ALTER TABLE accounts ADD COLUMN newsletter boolean NOT NULL DEFAULT false;
UPDATE accounts SET newsletter = true
  FROM newsletter_subscriptions n WHERE n.email = accounts.email AND n.confirmed;
