ALTER COLLATION german_phonebook REFRESH VERSION;
ALTER COLLATION german_phonebook RENAME TO german_book;
ALTER COLLATION german_phonebook OWNER TO librarian;
ALTER COLLATION german_phonebook SET SCHEMA texts;
