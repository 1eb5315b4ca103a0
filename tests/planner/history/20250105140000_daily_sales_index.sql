CREATE UNIQUE INDEX daily_sales_day_idx ON daily_sales (day);
