CREATE COLLATION IF NOT EXISTS german_phonebook (PROVIDER = icu, LOCALE = 'de-u-co-phonebk',
    DETERMINISTIC = false);
CREATE COLLATION custom (PROVIDER = icu, LOCALE = 'und', RULES = '&V << w <<< W');
CREATE COLLATION french (LOCALE = 'fr_FR.utf8');
CREATE COLLATION german FROM "de_DE";
