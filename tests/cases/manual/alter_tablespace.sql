ALTER TABLESPACE fast RENAME TO quick;
ALTER TABLESPACE fast OWNER TO deployer;
ALTER TABLESPACE fast SET (seq_page_cost = 0.8, effective_io_concurrency = 200);
ALTER TABLESPACE fast RESET (seq_page_cost);
