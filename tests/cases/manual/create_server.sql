CREATE SERVER IF NOT EXISTS far TYPE 'postgres' VERSION '18' FOREIGN DATA WRAPPER postgres_fdw
    OPTIONS (host 'db2', dbname 'shop');
