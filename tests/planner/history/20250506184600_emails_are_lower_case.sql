ALTER TABLE accounts ADD CONSTRAINT accounts_email_lower CHECK (email = lower(email)) NOT VALID;
ALTER TABLE accounts VALIDATE CONSTRAINT accounts_email_lower;
