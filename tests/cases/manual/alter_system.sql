ALTER SYSTEM SET wal_level = replica;
ALTER SYSTEM SET search_path TO shop, public;
ALTER SYSTEM SET work_mem TO DEFAULT;
ALTER SYSTEM RESET wal_level;
ALTER SYSTEM RESET ALL;
