ALTER TABLE product_reviews ALTER COLUMN stars SET DEFAULT 5;
ALTER TABLE coupons ALTER COLUMN valid_until SET NOT NULL;
COMMENT ON COLUMN coupons.percent_off IS 'of the whole order';
