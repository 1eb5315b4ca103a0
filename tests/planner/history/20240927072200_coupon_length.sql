ALTER DOMAIN coupon_code ADD CONSTRAINT coupon_code_length CHECK (length(VALUE) >= 4);
