ALTER CONVERSION latin_to_utf RENAME TO old_to_new;
ALTER CONVERSION latin_to_utf OWNER TO librarian;
ALTER CONVERSION latin_to_utf SET SCHEMA texts;
