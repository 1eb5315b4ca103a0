#pragma once

#include <span>
#include <string_view>

/// What statements are made of. `<word>` is a rule of this grammar or a word of the speaker's
/// (speaker.cpp: a table, a column of it, a value that fits it); `{a|b|}` is one of these. A rule's
/// productions are chosen by weight.
namespace bellows::agree {

struct Production {
  std::string_view rule;
  unsigned weight;
  std::string_view text;
};

inline constexpr Production grammar[] = {
    {"statement", 40, "<alter_table>"},
    {"statement", 9, "<index_statement>"},
    {"statement", 8, "<rename>"},
    {"statement", 9, "<drop>"},
    {"statement", 5, "<view_statement>"},
    {"statement", 4, "<create_table>"},
    {"statement", 5, "<partition_statement>"},
    {"statement", 4, "<type_statement>"},
    {"statement", 3, "<domain_statement>"},
    {"statement", 4, "<sequence_statement>"},
    {"statement", 2, "<function_statement>"},
    {"statement", 4, "<trigger_statement>"},
    {"statement", 3, "<policy_statement>"},
    {"statement", 2, "<statistics_statement>"},
    {"statement", 3, "<publication_statement>"},
    {"statement", 2, "<comment>"},
    {"statement", 2, "<grant>"},
    {"statement", 2, "<truncate>"},
    {"statement", 2, "<schema_statement>"},
    {"statement", 2, "<rule_statement>"},
    {"statement", 2, "<maintenance>"},

    // --- ALTER TABLE ---
    {"alter_table", 80, "ALTER TABLE <only><table> <sub>"},
    {"alter_table", 10, "ALTER TABLE <only><table> <sub>, <sub>"},
    {"alter_table", 3, "ALTER TABLE IF EXISTS <table> <sub>"},
    {"alter_table", 7, "ALTER TABLE <table_with_constraint> <of_constraint>"},
    {"only", 1, "{|||||||||ONLY }"},
    {"sub", 12, "ADD COLUMN <if_not_exists_rarely><new_name> <new_column>"},
    {"sub", 9, "DROP COLUMN <if_exists_rarely><column><cascade>"},
    {"sub", 5, "ALTER COLUMN <column> SET DEFAULT <value>"},
    {"sub", 3, "ALTER COLUMN <column> DROP DEFAULT"},
    {"sub", 6, "ALTER COLUMN <column> SET NOT NULL"},
    {"sub", 4, "ALTER COLUMN <column> DROP NOT NULL"},
    {"sub", 12, "ALTER COLUMN <column> TYPE <type_for>"},
    {"sub", 4, "ALTER COLUMN <column> TYPE <type_for> USING <C>::<same_type>"},
    {"sub", 2, "ALTER COLUMN <column> ADD GENERATED {ALWAYS|BY DEFAULT} AS IDENTITY"},
    {"sub", 1, "ALTER COLUMN <column> SET GENERATED {ALWAYS|BY DEFAULT}"},
    {"sub", 2, "ALTER COLUMN <column> DROP IDENTITY{| IF EXISTS}"},
    {"sub", 2, "ALTER COLUMN <column> DROP EXPRESSION{| IF EXISTS}"},
    {"sub", 2, "ALTER COLUMN <column> SET STATISTICS {100|-1|0}"},
    {"sub", 2, "ALTER COLUMN <column> SET STORAGE {PLAIN|MAIN|EXTERNAL|EXTENDED}"},
    {"sub", 1, "ALTER COLUMN <column> SET (n_distinct = 5)"},
    {"sub", 1, "ALTER COLUMN <column> RESET (n_distinct)"},
    {"sub", 5, "ADD <constraint_name>CHECK (<predicate>)<check_options>"},
    {"sub", 4, "ADD <constraint_name>UNIQUE (<columns>)<key_options>"},
    {"sub", 3, "ADD <constraint_name>PRIMARY KEY (<columns>)<key_options>"},
    {"sub", 2, "ADD <constraint_name>UNIQUE USING INDEX <own_index><deferral>"},
    {"sub", 2, "ADD <constraint_name>PRIMARY KEY USING INDEX <own_index><deferral>"},
    {"sub", 9, "ADD <constraint_name>FOREIGN KEY <reference><reference_options>"},
    {"sub", 1, "ADD <constraint_name>EXCLUDE USING btree (<column> WITH =)"},
    {"sub", 5, "<of_constraint>"},
    {"sub", 2, "{ENABLE|DISABLE} TRIGGER {<trigger>|ALL|USER}"},
    {"sub", 1, "ENABLE {ALWAYS|REPLICA} TRIGGER <trigger>"},
    {"sub", 1, "{ENABLE|DISABLE} RULE <rule_name>"},
    {"sub", 1, "{ENABLE|DISABLE|FORCE|NO FORCE} ROW LEVEL SECURITY"},
    {"sub", 1, "SET {LOGGED|UNLOGGED}"},
    {"sub", 1, "SET (fillfactor = {80|100|5})"},
    {"sub", 1, "RESET (fillfactor)"},
    {"sub", 1, "SET WITHOUT CLUSTER"},
    {"sub", 1, "CLUSTER ON <own_index>"},
    {"sub", 2, "REPLICA IDENTITY {FULL|NOTHING|DEFAULT}"},
    {"sub", 3, "REPLICA IDENTITY USING INDEX <own_index>"},
    {"sub", 2, "{INHERIT|NO INHERIT} <other_table>"},
    {"sub", 1, "{OF <composite>|NOT OF}"},
    {"sub", 1, "OWNER TO CURRENT_USER"},
    {"of_constraint", 6, "DROP CONSTRAINT <if_exists_rarely><constraint><cascade>"},
    {"of_constraint", 4, "VALIDATE CONSTRAINT <constraint>"},
    {"of_constraint", 2,
     "ALTER CONSTRAINT <constraint> {DEFERRABLE|NOT DEFERRABLE|DEFERRABLE"
     " INITIALLY DEFERRED}"},
    {"if_not_exists_rarely", 1, "{|||||||IF NOT EXISTS }"},
    {"if_exists_rarely", 1, "{|||||||IF EXISTS }"},
    {"cascade", 1, "{||| CASCADE| RESTRICT}"},
    {"constraint_name", 1,
     "{||CONSTRAINT <new_name> |CONSTRAINT <new_name> |CONSTRAINT"
     " <taken_constraint> }"},
    {"check_options", 1, "{||| NOT VALID| NOT VALID| NO INHERIT}"},
    {"key_options", 1, "{|||| DEFERRABLE| DEFERRABLE INITIALLY DEFERRED| INCLUDE (<column>)}"},
    {"deferral", 1, "{|||| DEFERRABLE}"},
    {"reference_options", 1,
     "{|||| NOT VALID| NOT VALID| ON DELETE CASCADE| ON DELETE SET NULL|"
     " DEFERRABLE INITIALLY DEFERRED| ON UPDATE SET DEFAULT}"},

    // --- columns ---
    {"new_column", 10, "<type>"},
    {"new_column", 5, "<type_and_default>"},
    {"new_column", 3, "<type_and_default> NOT NULL"},
    {"new_column", 2, "<type> NOT NULL"},
    {"new_column", 1, "<type> UNIQUE"},
    {"new_column", 1, "<type> PRIMARY KEY"},
    {"new_column", 2, "{serial|bigserial|int GENERATED ALWAYS AS IDENTITY}"},
    {"new_column", 2, "int GENERATED ALWAYS AS (<int_expression>) STORED"},
    {"new_column", 2, "int DEFAULT <int_expression_of_nothing>"},
    {"new_column", 2, "int CHECK (<predicate>)"},
    {"new_column", 2, "<reference_column>"},
    {"new_column", 1, "text COLLATE \"C\""},
    {"int_expression", 2, "<int_column> {+ 1|* 2|- 3}"},
    {"int_expression", 1, "abs(<int_column>)"},
    {"int_expression", 1, "twice(<int_column>)"},
    {"int_expression_of_nothing", 1, "{1 + 1|twice(3)|(random() * 10)::int|nextval('counter')}"},

    // --- indexes ---
    {"index_statement", 10, "CREATE <unique>INDEX <new_index>ON <only><table> <index_columns>"},
    {"index_statement", 2,
     "CREATE <unique>INDEX CONCURRENTLY <new_index>ON <table>"
     " <index_columns>"},
    {"index_statement", 1, "CREATE INDEX IF NOT EXISTS <index_name> ON <table> <index_columns>"},
    {"index_statement", 1, "CREATE INDEX <index_name> ON <table> <index_columns>"},
    {"index_statement", 1, "CREATE INDEX <new_index>ON <view> (<view_column>)"},
    {"index_statement", 4, "DROP INDEX <if_exists_rarely><index><cascade>"},
    {"index_statement", 2, "DROP INDEX CONCURRENTLY <index>"},
    {"index_statement", 2, "ALTER INDEX <index> RENAME TO <new_name>"},
    {"index_statement", 1, "ALTER INDEX <index> SET (fillfactor = 70)"},
    {"index_statement", 1, "ALTER INDEX <index> ALTER COLUMN {1|2} SET STATISTICS 100"},
    {"index_statement", 2, "ALTER INDEX <partitioned_index> ATTACH PARTITION <index>"},
    {"index_statement", 1, "REINDEX INDEX <index>"},
    {"index_statement", 1, "REINDEX INDEX CONCURRENTLY <index>"},
    {"unique", 1, "{||UNIQUE }"},
    {"new_index", 1, "{|<new_name> }"},
    {"index_columns", 8, "(<columns>)"},
    {"index_columns", 2, "(<column> {DESC|DESC NULLS LAST|NULLS FIRST})"},
    {"index_columns", 2, "(<columns>) WHERE <predicate>"},
    {"index_columns", 2, "(<expression>)"},
    {"index_columns", 2, "(<columns>) INCLUDE (<column>)"},
    {"index_columns", 1, "USING hash (<column>)"},
    {"index_columns", 1, "USING brin (<columns>)"},
    {"index_columns", 1, "USING gin (<column>)"},
    {"index_columns", 1, "USING gist (<column>)"},

    // --- names ---
    {"rename", 6, "ALTER TABLE <only><table> RENAME {COLUMN |}<column> TO <new_name>"},
    {"rename", 1, "ALTER TABLE <table> RENAME COLUMN <column> TO <column>"},
    {"rename", 3, "ALTER TABLE <if_exists_rarely><table> RENAME TO <new_name>"},
    {"rename", 1, "ALTER TABLE <table> RENAME TO <relation_name>"},
    {"rename", 3, "ALTER TABLE <only><table> RENAME CONSTRAINT <constraint> TO <new_name>"},
    {"rename", 1, "ALTER TABLE <table> RENAME CONSTRAINT <constraint> TO <constraint>"},
    {"rename", 2, "ALTER TABLE <if_exists_rarely><table> SET SCHEMA <schema>"},
    {"rename", 1, "ALTER VIEW <view> RENAME TO <new_name>"},
    {"rename", 1, "ALTER VIEW <view> RENAME COLUMN <view_column> TO <new_name>"},
    {"rename", 1, "ALTER MATERIALIZED VIEW <matview> RENAME TO <new_name>"},
    {"rename", 1, "ALTER SEQUENCE <sequence> RENAME TO <new_name>"},
    {"rename", 1, "ALTER SCHEMA <schema> RENAME TO <new_name>"},
    {"rename", 1, "ALTER TYPE <enum> RENAME TO <new_name>"},
    {"rename", 1, "ALTER TRIGGER <trigger_of> RENAME TO <new_name>"},
    {"rename", 1, "ALTER POLICY <policy_of> RENAME TO <new_name>"},
    {"rename", 1, "ALTER RULE <rule_of> RENAME TO <new_name>"},
    {"rename", 1, "ALTER FUNCTION <function> RENAME TO <new_name>"},

    // --- DROP ---
    {"drop", 6, "DROP TABLE <if_exists_rarely><table><cascade>"},
    {"drop", 1, "DROP TABLE <table>, <other_table><cascade>"},
    {"drop", 3, "DROP VIEW <if_exists_rarely><view><cascade>"},
    {"drop", 2, "DROP MATERIALIZED VIEW <matview><cascade>"},
    {"drop", 3, "DROP SEQUENCE <if_exists_rarely><sequence><cascade>"},
    {"drop", 2, "DROP TYPE <if_exists_rarely>{<enum>|<composite>}<cascade>"},
    {"drop", 2, "DROP DOMAIN <if_exists_rarely><domain><cascade>"},
    {"drop", 3, "DROP FUNCTION <if_exists_rarely><function><cascade>"},
    {"drop", 2, "DROP TRIGGER <if_exists_rarely><trigger_of><cascade>"},
    {"drop", 1, "DROP POLICY <policy_of>"},
    {"drop", 1, "DROP RULE <rule_of>"},
    {"drop", 1, "DROP STATISTICS <statistics>"},
    {"drop", 1, "DROP PUBLICATION <publication>"},
    {"drop", 2, "DROP SCHEMA <schema><cascade>"},
    {"drop", 1, "DROP {TABLE|VIEW|SEQUENCE|INDEX|MATERIALIZED VIEW} <relation>"},

    // --- views ---
    {"view_statement", 6, "CREATE OR REPLACE VIEW <changed_view>"},
    {"view_statement", 3, "CREATE VIEW <new_name> AS <query>"},
    {"view_statement", 1, "CREATE VIEW <relation> AS <query>"},
    {"view_statement", 2, "CREATE MATERIALIZED VIEW <new_name> AS <query>{| WITH NO DATA}"},
    {"view_statement", 2, "REFRESH MATERIALIZED VIEW <matview>{|| WITH NO DATA}"},
    {"view_statement", 1, "REFRESH MATERIALIZED VIEW CONCURRENTLY <matview>"},
    {"view_statement", 1, "ALTER VIEW <view> ALTER COLUMN <view_column> SET DEFAULT NULL"},
    {"view_statement", 1, "ALTER VIEW <view> SET (security_barrier = true)"},
    {"view_statement", 1, "ALTER VIEW <view> SET SCHEMA <schema>"},
    {"view_statement", 1, "ALTER VIEW <view> OWNER TO CURRENT_USER"},
    {"view_statement", 1,
     "ALTER MATERIALIZED VIEW <matview> ALTER COLUMN <column_of_matview> SET"
     " STATISTICS 10"},
    {"query", 3, "SELECT <columns> FROM <table>"},
    {"query", 2, "SELECT * FROM <table>"},
    {"query", 1, "SELECT <column>, count(*) AS n FROM <table> GROUP BY <C>"},
    {"query", 1, "SELECT <view_columns_of>"},

    // --- CREATE TABLE ---
    {"create_table", 4, "CREATE TABLE <new_name> (id int PRIMARY KEY, <new_name> <free_column>)"},
    {"create_table", 1, "CREATE TABLE <relation> (id int)"},
    {"create_table", 1, "CREATE TABLE IF NOT EXISTS <relation> (id int)"},
    {"create_table", 2, "CREATE TABLE <new_name> (id int, ref_id int REFERENCES <key_table>)"},
    {"create_table", 1, "CREATE TABLE <new_name> (LIKE <table>{| INCLUDING ALL})"},
    {"create_table", 1, "CREATE TABLE <new_name> () INHERITS (<table>)"},
    {"create_table", 1, "CREATE TABLE <new_name> AS <query>"},
    {"create_table", 1, "CREATE TABLE <new_name> OF <composite>"},
    {"create_table", 1, "CREATE TABLE <new_name> (a int, a text)"},
    {"create_table", 1, "CREATE UNLOGGED TABLE <new_name> (id int, at timestamptz DEFAULT now())"},
    {"create_table", 1, "CREATE TEMPORARY TABLE <new_name> (id int)"},
    {"free_column", 5, "<type>"},
    {"free_column", 2, "<type_and_default>"},
    {"free_column", 1, "<type> NOT NULL"},
    {"free_column", 1, "<type> UNIQUE"},

    // --- partitions ---
    {"partition_statement", 5, "ALTER TABLE <partitioned> ATTACH PARTITION <plain_table> <bounds>"},
    {"partition_statement", 5, "ALTER TABLE <partition_and_parent_detach>"},
    {"partition_statement", 1, "ALTER TABLE <partitioned> DETACH PARTITION <plain_table>"},
    {"partition_statement", 1, "ALTER TABLE <partition_and_parent_detach> CONCURRENTLY"},
    {"partition_statement", 5, "CREATE TABLE <new_name> PARTITION OF <partitioned> <bounds>"},
    {"partition_statement", 1, "CREATE TABLE <new_name> PARTITION OF <table> FOR VALUES IN (1)"},

    // --- types ---
    {"type_statement", 3, "ALTER TYPE <enum> ADD VALUE {|IF NOT EXISTS }'{brand new|good|red}'"},
    {"type_statement", 1, "ALTER TYPE <enum> ADD VALUE 'brand new' {BEFORE|AFTER} '{good|red|x}'"},
    {"type_statement", 2, "ALTER TYPE <enum> RENAME VALUE '{good|red|x}' TO '{fine|bad}'"},
    {"type_statement", 2, "ALTER TYPE <composite> ADD ATTRIBUTE <new_name> int<cascade>"},
    {"type_statement", 2, "ALTER TYPE <composite> DROP ATTRIBUTE {street|label|id}<cascade>"},
    {"type_statement", 1,
     "ALTER TYPE <composite> ALTER ATTRIBUTE {street|label|id} TYPE"
     " {text|bigint}<cascade>"},
    {"type_statement", 1,
     "ALTER TYPE <composite> RENAME ATTRIBUTE {street|label|id} TO"
     " <new_name><cascade>"},
    {"type_statement", 1, "ALTER TYPE {<enum>|<composite>} SET SCHEMA <schema>"},
    {"type_statement", 1, "CREATE TYPE <new_name> AS ENUM ('a', 'b')"},
    {"type_statement", 1, "CREATE TYPE <enum> AS ENUM ('a', 'b')"},
    {"type_statement", 1, "CREATE TYPE <new_name> AS (a int, b text)"},
    {"domain_statement", 1, "ALTER DOMAIN <domain> SET NOT NULL"},
    {"domain_statement", 1, "ALTER DOMAIN <domain> DROP NOT NULL"},
    {"domain_statement", 1, "ALTER DOMAIN <domain> {SET DEFAULT NULL|DROP DEFAULT}"},
    {"domain_statement", 2,
     "ALTER DOMAIN <domain> ADD CONSTRAINT <new_name> CHECK (VALUE IS"
     " DISTINCT FROM NULL){| NOT VALID}"},
    {"domain_statement", 2,
     "ALTER DOMAIN <domain> DROP CONSTRAINT {|IF EXISTS"
     " }{positive_check|plain_later}"},
    {"domain_statement", 2,
     "ALTER DOMAIN <domain> VALIDATE CONSTRAINT"
     " {positive_check|plain_later}"},
    {"domain_statement", 1, "ALTER DOMAIN <domain> RENAME TO <new_name>"},
    {"domain_statement", 1,
     "ALTER DOMAIN <domain> RENAME CONSTRAINT {positive_check|plain_later}"
     " TO <new_name>"},
    {"domain_statement", 1, "CREATE DOMAIN <new_name> AS {int|text|numeric(4,2)}{| NOT NULL}"},
    {"domain_statement", 1, "CREATE DOMAIN <domain> AS int"},

    // --- other objects ---
    {"sequence_statement", 2, "CREATE SEQUENCE <new_name>{| START 5| AS smallint}"},
    {"sequence_statement", 1, "CREATE SEQUENCE <relation>"},
    {"sequence_statement", 2, "CREATE SEQUENCE <new_name> OWNED BY <table>.<column>"},
    {"sequence_statement", 3, "ALTER SEQUENCE <sequence> OWNED BY {NONE|<table>.<column>}"},
    {"sequence_statement", 3,
     "ALTER SEQUENCE <if_exists_rarely><sequence> {RESTART|RESTART WITH"
     " 7|INCREMENT 2|AS bigint|MAXVALUE 1000|MINVALUE 5|CACHE 5}"},
    {"sequence_statement", 1, "ALTER SEQUENCE <sequence> SET SCHEMA <schema>"},
    {"function_statement", 2,
     "CREATE OR REPLACE FUNCTION twice({int|x int|x"
     " bigint}) RETURNS {int|bigint} LANGUAGE sql IMMUTABLE AS 'SELECT"
     " 2'"},
    {"function_statement", 1,
     "CREATE FUNCTION <new_name>() RETURNS int LANGUAGE sql AS 'SELECT"
     " 1'"},
    {"function_statement", 1, "CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT 1'"},
    {"function_statement", 1,
     "ALTER FUNCTION <function> {STABLE|VOLATILE|STRICT|SECURITY"
     " DEFINER}"},
    {"function_statement", 1, "ALTER FUNCTION <function> SET SCHEMA <schema>"},
    {"trigger_statement", 4,
     "CREATE TRIGGER <new_name> {BEFORE|AFTER} {INSERT|UPDATE|DELETE|INSERT"
     " OR UPDATE} ON <table> FOR EACH {ROW|STATEMENT} EXECUTE FUNCTION"
     " touch()"},
    {"trigger_statement", 2,
     "CREATE TRIGGER <new_name> {BEFORE|AFTER} UPDATE OF <columns> ON <T>"
     " FOR EACH ROW EXECUTE FUNCTION touch()"},
    {"trigger_statement", 1,
     "CREATE TRIGGER <new_name> BEFORE UPDATE ON <table> FOR EACH ROW WHEN"
     " (OLD.<column> IS DISTINCT FROM NEW.<C>) EXECUTE FUNCTION touch()"},
    {"trigger_statement", 1,
     "CREATE TRIGGER <new_name> BEFORE UPDATE ON <table> FOR EACH ROW"
     " EXECUTE FUNCTION twice()"},
    {"trigger_statement", 1,
     "CREATE TRIGGER <new_name> INSTEAD OF INSERT ON {<view>|<table>} FOR"
     " EACH ROW EXECUTE FUNCTION touch()"},
    {"trigger_statement", 1,
     "CREATE CONSTRAINT TRIGGER <new_name> AFTER INSERT ON <table> FOR EACH"
     " ROW EXECUTE FUNCTION touch()"},
    {"trigger_statement", 1, "CREATE TRIGGER <trigger_on> FOR EACH ROW EXECUTE FUNCTION touch()"},
    {"trigger_statement", 1,
     "CREATE TRIGGER <new_name> AFTER INSERT ON <table> REFERENCING NEW"
     " TABLE AS fresh FOR EACH {ROW|STATEMENT} EXECUTE FUNCTION touch()"},
    {"policy_statement", 2, "CREATE POLICY <new_name> ON <table> USING (<predicate>)"},
    {"policy_statement", 1,
     "CREATE POLICY <new_name> ON <table> FOR {SELECT|UPDATE|ALL} USING"
     " (<predicate>)"},
    {"policy_statement", 1,
     "CREATE POLICY <new_name> ON <table> FOR INSERT WITH CHECK"
     " (<predicate>)"},
    {"policy_statement", 1, "CREATE POLICY <policy_of> USING (true)"},
    {"policy_statement", 2, "ALTER POLICY <policy_of> {USING (true)|TO PUBLIC|WITH CHECK (true)}"},
    {"statistics_statement", 2, "CREATE STATISTICS <new_name> ON <columns> FROM <T>"},
    {"statistics_statement", 1, "CREATE STATISTICS <statistics> ON <columns> FROM <T>"},
    {"statistics_statement", 1,
     "ALTER STATISTICS <statistics> {SET STATISTICS 100|RENAME TO"
     " <new_name>|SET SCHEMA <schema>}"},
    {"publication_statement", 2, "CREATE PUBLICATION <new_name> FOR TABLE <table>"},
    {"publication_statement", 1, "CREATE PUBLICATION <new_name> FOR ALL TABLES"},
    {"publication_statement", 1, "CREATE PUBLICATION <publication> FOR TABLE <table>"},
    {"publication_statement", 2, "ALTER PUBLICATION <publication> {ADD|DROP|SET} TABLE <table>"},
    {"publication_statement", 1, "ALTER PUBLICATION <publication> SET (publish = 'insert')"},
    {"publication_statement", 1, "ALTER PUBLICATION <publication> RENAME TO <new_name>"},
    {"comment", 1, "COMMENT ON TABLE <table> IS 'c'"},
    {"comment", 1, "COMMENT ON COLUMN <table>.<column> IS 'c'"},
    {"comment", 1, "COMMENT ON INDEX <index> IS 'c'"},
    {"comment", 1,
     "COMMENT ON {VIEW <view>|SEQUENCE <sequence>|FUNCTION <function>|TYPE"
     " <enum>|SCHEMA <schema>} IS 'c'"},
    {"comment", 1, "COMMENT ON CONSTRAINT <constraint_of> IS NULL"},
    {"comment", 1, "COMMENT ON TRIGGER <trigger_of> IS 'c'"},
    {"grant", 2, "{GRANT|REVOKE} {SELECT|INSERT, UPDATE|ALL} ON <table> <to_from> PUBLIC"},
    {"grant", 1, "{GRANT|REVOKE} SELECT (<columns_on_table> <to_from> PUBLIC"},
    {"grant", 1,
     "{GRANT|REVOKE} USAGE ON {SEQUENCE <sequence>|SCHEMA <schema>|TYPE <enum>}"
     " <to_from> PUBLIC"},
    {"grant", 1, "{GRANT|REVOKE} EXECUTE ON FUNCTION <function> <to_from> PUBLIC"},
    {"truncate", 3, "TRUNCATE <only><table>{||| CASCADE}"},
    {"truncate", 1, "TRUNCATE <table>, <other_table>{| RESTART IDENTITY}"},
    {"truncate", 1, "TRUNCATE {<view>|<matview>}"},
    {"schema_statement", 1, "CREATE SCHEMA {|IF NOT EXISTS }<new_name>"},
    {"schema_statement", 1, "CREATE SCHEMA <schema>"},
    {"rule_statement", 1,
     "CREATE RULE <new_name> AS ON {UPDATE|DELETE|INSERT} TO <table> DO"
     " {INSTEAD NOTHING|ALSO NOTHING|NOTIFY heard}"},
    {"rule_statement", 1, "CREATE {|OR REPLACE }RULE <rule_on> DO INSTEAD NOTHING"},
    {"maintenance", 1, "ANALYZE <table>{| (<column>)}"},
    {"maintenance", 1, "CLUSTER <table>{| USING <own_index>}"},
    {"maintenance", 1, "REINDEX TABLE <table>"},
    {"maintenance", 1, "LOCK TABLE <table> IN {SHARE|ACCESS EXCLUSIVE} MODE"},
    {"maintenance", 1, "REINDEX TABLE CONCURRENTLY <table>"},

    // --- rows, between other statements of a migration ---
    {"rows", 2, "UPDATE <table> SET <column> = <value>"},
    {"rows", 1, "DELETE FROM <table>{| WHERE <predicate>}"},
    {"rows", 1, "INSERT INTO <insertion>"},
};

}  // namespace bellows::agree
