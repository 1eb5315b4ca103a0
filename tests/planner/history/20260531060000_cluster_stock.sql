CLUSTER stock USING stock_pkey;
