ALTER TABLE accounts
  ADD COLUMN is_admin boolean NOT NULL DEFAULT false,
  ADD COLUMN last_login_at timestamptz,
  ADD COLUMN locale varchar(5) DEFAULT 'de';
