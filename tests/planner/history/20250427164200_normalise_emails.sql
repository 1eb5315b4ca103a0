UPDATE accounts SET email = lower(email) WHERE email <> lower(email);
