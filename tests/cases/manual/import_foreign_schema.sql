IMPORT FOREIGN SCHEMA public LIMIT TO (orders, lines) FROM SERVER far INTO mirror OPTIONS
    (import_default 'true');
IMPORT FOREIGN SCHEMA public EXCEPT (secrets) FROM SERVER far INTO mirror;
