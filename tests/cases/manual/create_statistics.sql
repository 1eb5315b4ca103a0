CREATE STATISTICS IF NOT EXISTS shop.orders_stats (ndistinct, dependencies, mcv) ON city, street
    FROM shop.orders;
CREATE STATISTICS shop.by_month ON date_trunc('month', day), (total % 7) FROM shop.orders;
CREATE STATISTICS ON (total * 2) FROM shop.orders;
CREATE STATISTICS (mcv) ON city, street FROM shop.orders;
