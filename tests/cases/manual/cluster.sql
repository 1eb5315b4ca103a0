CLUSTER shop.orders USING orders_day;
CLUSTER VERBOSE shop.orders;
CLUSTER (VERBOSE) shop.orders USING orders_day;
CLUSTER (VERBOSE true);
CLUSTER;
