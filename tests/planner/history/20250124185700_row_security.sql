ALTER TABLE addresses ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_addresses ON addresses
  USING (account_id = current_setting('shop.account', true)::bigint);
