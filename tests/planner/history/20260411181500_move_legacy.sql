ALTER TABLE legacy_import SET SCHEMA catalogue;
