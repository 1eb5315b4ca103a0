#pragma once

#include "tests/runner/preconditions/cases.hpp"

/// Objects that are no tables: missing, there already, of another kind.
namespace bellows::rules::cases::objects {

inline constexpr Line scene[] = {
    {"CREATE SCHEMA aside"},
    {"CREATE TABLE aside.kept (id int)"},
    {"CREATE DOMAIN loose AS int"},
    {"CREATE DOMAIN level AS int CONSTRAINT level_low CHECK (VALUE > 0)"},
    {"CREATE TYPE shape AS (id int)"},
    {"CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"},
    {"CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2'"},
    {"CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'"},
    {"CREATE TABLE t (id serial PRIMARY KEY, name text, up int REFERENCES t)"},
    {"CREATE INDEX t_name ON t (name)"},
    {"CREATE TABLE other (a int NOT NULL)"},
    {"CREATE UNIQUE INDEX other_a ON other (a)"},
    {"CREATE RULE keep AS ON DELETE TO t WHERE OLD.id > 0 DO INSTEAD NOTHING"},
    {"CREATE TABLE whole (a int, b int) PARTITION BY LIST (a)"},
    {"CREATE TABLE part PARTITION OF whole FOR VALUES IN (1)"},
};

inline constexpr Line statements[] = {
    {"CREATE SCHEMA aside"},
    {"CREATE SCHEMA IF NOT EXISTS aside"},
    {"CREATE SCHEMA beside"},
    {"CREATE DOMAIN loose AS text"},
    {"CREATE TYPE shape AS (a int)"},
    {"CREATE DOMAIN fresh AS text"},
    {"ALTER DOMAIN loose DROP CONSTRAINT level_low"},
    {"ALTER DOMAIN loose DROP CONSTRAINT IF EXISTS level_low"},
    {"ALTER DOMAIN level DROP CONSTRAINT level_low"},
    {"CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION twice()"},
    {"CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION one()"},
    {"CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch()"},
    {"CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT 1'"},
    {"CREATE FUNCTION twice(bigint) RETURNS int LANGUAGE sql AS 'SELECT 1'"},
    {"CREATE OR REPLACE FUNCTION twice(int) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'"},
    {"CREATE OR REPLACE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT 1'"},
    {"CREATE RULE keep AS ON DELETE TO t DO INSTEAD NOTHING"},
    {"CREATE OR REPLACE RULE keep AS ON DELETE TO t DO INSTEAD NOTHING"},
    {"CREATE STATISTICS s ON id, name FROM t_name"},
    {"ALTER TABLE t REPLICA IDENTITY USING INDEX other_a"},
    {"ALTER INDEX t_name ALTER COLUMN 1 SET STATISTICS 100"},
    {"ALTER SEQUENCE t_id_seq SET SCHEMA aside"},
    {"CREATE SEQUENCE s OWNED BY aside.kept.id"},
    {"CREATE SEQUENCE aside.s OWNED BY aside.kept.id"},
    {"DELETE FROM t WHERE missing > 1"},
    {"DELETE FROM t WHERE id > 1"},
    {"ALTER TABLE ONLY whole ALTER COLUMN b DROP EXPRESSION IF EXISTS"},
    {"ALTER TABLE part ALTER COLUMN b DROP EXPRESSION IF EXISTS"},
    {"CREATE TABLE heir () INHERITS (whole)"},
    {"ALTER TABLE whole SET (fillfactor = 80)"},
    {"ALTER TABLE whole RESET (fillfactor)"},
    {"ALTER TABLE t DROP COLUMN id"},
    {"ALTER TABLE t DROP COLUMN up"},
    {"ALTER TABLE t ALTER COLUMN name TYPE text[]"},
};

}  // namespace bellows::rules::cases::objects
