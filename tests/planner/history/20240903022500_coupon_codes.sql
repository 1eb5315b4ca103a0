CREATE DOMAIN coupon_code AS varchar(16) CHECK (VALUE = upper(VALUE));
CREATE TABLE coupons (
  code coupon_code PRIMARY KEY,
  percent_off smallint NOT NULL CHECK (percent_off BETWEEN 1 AND 100),
  valid_until date
);
ALTER TABLE orders ADD COLUMN coupon coupon_code;
