ALTER VIEW shop.open ALTER COLUMN day SET DEFAULT now();
ALTER VIEW IF EXISTS shop.open ALTER day DROP DEFAULT;
ALTER VIEW shop.open OWNER TO deployer;
ALTER VIEW shop.open RENAME COLUMN day TO since;
ALTER VIEW shop.open RENAME TO pending;
ALTER VIEW shop.open SET SCHEMA archive;
ALTER VIEW shop.open SET (security_barrier, check_option = local);
ALTER VIEW shop.open RESET (security_barrier);
