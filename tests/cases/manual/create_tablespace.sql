CREATE TABLESPACE fast OWNER deployer LOCATION '/srv/ssd' WITH (random_page_cost = 1.1);
