ALTER TABLE accounts ADD CONSTRAINT accounts_api_token_key UNIQUE (api_token);
