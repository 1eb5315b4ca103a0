ALTER SERVER far VERSION '9.1' OPTIONS (ADD host 'db2', SET port '5433', DROP dbname);
ALTER SERVER far OWNER TO deployer;
ALTER SERVER far RENAME TO farther;
