#include "planner/catalog/replay.hpp"
#include "planner/locks/effects.hpp"
#include "planner/locks/value_loss.hpp"

#include <gtest/gtest.h>

#include <tuple>

/// What USING, domains, enums, collations and functions make of a change of type or a new column.
/// Every answer here is what servers of 13 to 18 did (relfilenode before and after).
namespace bellows::locks::retyping_test {
namespace {

constexpr char const* scene = R"(
CREATE TYPE e1 AS ENUM ('a');
CREATE TYPE e2 AS ENUM ('a');
CREATE TYPE pair AS (a int);
CREATE DOMAIN plain AS text;
CREATE DOMAIN checked AS text CHECK (VALUE <> '');
CREATE DOMAIN short AS varchar(5);
CREATE DOMAIN five AS int DEFAULT 5;
CREATE DOMAIN numbered AS uuid DEFAULT gen_random_uuid();
CREATE DOMAIN renumbered AS numbered;
CREATE DOMAIN empty AS uuid DEFAULT NULL;
CREATE FUNCTION new_url() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN random(); END';
CREATE FUNCTION url() RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';
CREATE FUNCTION in_sql() RETURNS text LANGUAGE sql AS 'SELECT random()::text';
CREATE FUNCTION may_be_inlined() RETURNS text LANGUAGE sql AS 'SELECT ''x''';
CREATE FUNCTION part(a int, b int DEFAULT 2) RETURNS text LANGUAGE sql STABLE AS 'SELECT ''x''';
CREATE FUNCTION mixed(int) RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';
CREATE FUNCTION mixed(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE TABLE t (n int, big bigint, at timestamp, atz timestamptz, d date, v100 varchar(100),
  v varchar, tx text, bp char(10), nu numeric(10,2), ip inet, ci cidr, x xml, b bit(5), vb varbit(5),
  iv interval(3), e e1, dp plain, dc checked, dv short, o oid, arr varchar(10)[], tarr text[],
  txc text COLLATE "C", c pair);
CREATE INDEX t_tx ON t (tx);
CREATE INDEX t_txc ON t (txc);
CREATE INDEX t_b ON t (b);)";

catalog::Catalog known(bool complete = true) {
  catalog::Catalog catalog;
  catalog.complete = complete;
  catalog::replay_text(catalog, scene);
  return catalog;
}

std::string told(std::string const& text, catalog::Catalog const& catalog) {
  Effects const effects = effects_of(sql::parse_one(text), catalog);
  if (effects.relations.empty()) {
    return "nothing";
  }
  Effect const& effect = effects.relations.front();
  if (effect.rewrites) {
    return "rewrite";
  }
  return effects.may_take_long ? "depends" : effect.rebuilds_indexes.empty() ? "no" : "index";
}

struct Case {
  char const* column;
  char const* type;
  char const* computed;  // empty: no USING
  char const* expected;
};

constexpr Case cases[] = {
    {"n", "int", "n::text::int", "rewrite"},
    {"n", "int", "n", "no"},
    {"n", "int", "(t.n)", "no"},
    {"n", "int", "CAST(n AS int)", "no"},
    {"n", "int", "n::oid::int", "no"},
    {"n", "int", "n::bigint::int", "rewrite"},
    {"n", "int", "big", "rewrite"},
    {"n", "int", "+n", "rewrite"},
    {"n", "five", "", "no"},
    {"at", "timestamptz", "at::date::timestamptz", "rewrite"},
    {"at", "timestamp", "at::date", "rewrite"},
    {"at", "timestamp", "at::timestamp(3)::timestamp", "rewrite"},
    {"at", "timestamp", "at::timestamp(6)::timestamp", "no"},
    {"v100", "text", "v100::varchar(3)::text", "rewrite"},
    {"v100", "text", "v100::varchar(200)::text", "no"},
    {"v100", "varchar(100)", "v100::text", "rewrite"},
    {"v100", "varchar(200)", "v100::varchar", "rewrite"},
    {"v100", "varchar", "v100::text::varchar", "no"},
    {"v100", "bpchar", "", "no"},
    {"v100", "text", "v100::bpchar::text", "rewrite"},
    {"v100", "varchar(100)", "upper(v100)", "rewrite"},
    {"e", "text", "", "rewrite"},
    {"e", "text", "e::text", "rewrite"},
    {"e", "e2", "e::text::e2", "rewrite"},
    {"e", "e1", "e::text::e1", "rewrite"},
    {"e", "e1", "e::e1", "no"},
    {"c", "pair", "c::pair", "no"},
    {"tx", "plain", "tx::plain", "no"},
    {"tx", "checked", "", "rewrite"},
    {"tx", "text", "tx::checked::text", "rewrite"},
    {"dc", "text", "dc::text", "no"},
    {"dp", "text", "dp::text::plain", "no"},
    {"v", "short", "", "rewrite"},
    {"dv", "text", "", "no"},
    {"dv", "varchar(5)", "", "rewrite"},  // a domain's value does not tell its length
    {"dv", "varchar(10)", "", "rewrite"},
    {"nu", "numeric", "nu::numeric(12,2)", "no"},
    {"nu", "numeric(10,2)", "nu::numeric", "rewrite"},
    {"ip", "inet", "ip::cidr", "rewrite"},
    {"ci", "inet", "ci::inet", "no"},
    {"x", "varchar", "x::text", "no"},
    {"b", "varbit", "", "index"},
    {"b", "varbit(6)", "", "rewrite"},
    {"vb", "bit(5)", "", "rewrite"},
    {"iv", "interval", "iv::interval(6)", "no"},
    {"iv", "interval(3)", "iv::interval", "rewrite"},
    {"arr", "varchar[]", "", "no"},
    {"arr", "varchar(20)[]", "", "rewrite"},
    {"tarr", "varchar[]", "", "rewrite"},
    {"tx", "text COLLATE \"C\"", "", "index"},
    {"tx", "text COLLATE \"default\"", "", "no"},
    {"tx", "text COLLATE pg_catalog.\"default\"", "", "no"},
    {"txc", "text", "", "index"},  // the type's own collation again
    {"txc", "text COLLATE \"C\"", "", "no"},
    {"txc", "text COLLATE pg_catalog.\"C\"", "", "no"},
};

TEST(Retyping, FollowsTheCastsOfUsing) {
  for (bool const complete : {true, false}) {
    catalog::Catalog const catalog = known(complete);
    for (Case const& one : cases) {
      std::string text =
          std::string("ALTER TABLE t ALTER COLUMN ") + one.column + " TYPE " + one.type;
      text += *one.computed == 0 ? "" : std::string(" USING ") + one.computed;
      EXPECT_EQ(told(text, catalog), one.expected) << text;
    }
  }
}

TEST(Retyping, IsNotKnownWithoutTheColumn) {
  catalog::Catalog const nothing;
  EXPECT_EQ(told("ALTER TABLE t ALTER COLUMN id TYPE bigint", nothing), "depends");
  EXPECT_EQ(told("ALTER TABLE t ALTER COLUMN e TYPE e2", nothing), "depends");
  // Whatever the column is:
  EXPECT_EQ(told("ALTER TABLE t ALTER COLUMN n TYPE int USING n::text::int", nothing), "rewrite");
  EXPECT_EQ(told("ALTER TABLE t ALTER COLUMN n TYPE int USING length(n)", nothing), "rewrite");
}

TEST(AddedDefault, IsAsVolatileAsItsFunctions) {
  for (auto const& [column, expected] : std::vector<std::pair<char const*, char const*>>{
           {"z text DEFAULT new_url()", "rewrite"},
           {"z text DEFAULT upper(new_url())", "rewrite"},
           {"z text DEFAULT url()", "no"},
           {"z text DEFAULT in_sql()", "rewrite"},
           {"z text DEFAULT may_be_inlined()", "depends"},
           {"z text DEFAULT part(1)", "no"},
           {"z text DEFAULT part(1, 2, 3)", "depends"},
           {"z text DEFAULT mixed(1)", "depends"},
           {"z text DEFAULT nowhere()", "depends"},
           {"z five", "no"},
           {"z numbered", "rewrite"},
           {"z renumbered", "rewrite"},
           {"z numbered DEFAULT NULL", "no"},
           {"z empty", "no"},
           {"z checked[]", "no"},
       }) {
    EXPECT_EQ(told(std::string("ALTER TABLE t ADD COLUMN ") + column, known()), expected) << column;
  }
  catalog::Catalog changed = known();
  catalog::replay_text(
      changed,
      "ALTER FUNCTION new_url() STABLE;"
      "ALTER DOMAIN numbered DROP DEFAULT; ALTER DOMAIN five SET DEFAULT random();");
  EXPECT_EQ(told("ALTER TABLE t ADD COLUMN z text DEFAULT new_url()", changed), "no");
  EXPECT_EQ(told("ALTER TABLE t ADD COLUMN z numbered", changed), "no");
  EXPECT_EQ(told("ALTER TABLE t ADD COLUMN z five", changed), "rewrite");
  catalog::replay_text(changed,
                       "CREATE OR REPLACE FUNCTION new_url() RETURNS text LANGUAGE plpgsql AS ''");
  EXPECT_EQ(told("ALTER TABLE t ADD COLUMN z text DEFAULT new_url()", changed), "rewrite");
}

TEST(SetLogged, OfWhatIsSoAlreadyDoesNothing) {
  catalog::Catalog catalog = known();
  catalog::replay_text(catalog, "CREATE UNLOGGED TABLE light (id int)");
  EXPECT_EQ(told("ALTER TABLE t SET LOGGED", catalog), "no");
  EXPECT_EQ(told("ALTER TABLE t SET UNLOGGED", catalog), "rewrite");
  EXPECT_EQ(told("ALTER TABLE light SET UNLOGGED", catalog), "no");
  EXPECT_EQ(told("ALTER TABLE light SET LOGGED", catalog), "rewrite");
}

TEST(Loss, IsWhatACastTakesAway) {
  for (auto const& [from, to, written, lost] :
       std::vector<std::tuple<char const*, char const*, bool, bool>>{
           {"text", "character varying(3)", true, true},
           {"text", "character varying(3)", false, false},  // an assignment fails instead
           {"character varying(3)", "character varying(5)", true, false},
           {"integer", "character varying(3)", true, true},
           {"timestamp without time zone", "date", true, true},
           {"timestamp without time zone", "date", false, true},
           {"date", "timestamp without time zone", true, false},
           {"timestamp(3) without time zone", "timestamp(0) without time zone", false, true},
           {"timestamp without time zone", "time without time zone", true, true},
           {"numeric(10,2)", "integer", false, true},
           {"numeric(10,0)", "bigint", false, false},
           {"numeric(10,2)", "numeric(10,1)", false, true},
           {"numeric(10,2)", "numeric(12,4)", false, false},
           {"double precision", "real", false, true},
           {"integer", "double precision", false, false},
           {"bigint", "double precision", false, true},
           {"integer", "boolean", true, true},
           {"inet", "cidr", true, true},
           {"character(5)", "text", false, true},
           {"text", "name", false, true},
           {"integer", "bigint", false, false},
           {"bigint", "integer", false, false},  // it fails
           {"integer", "text", true, false},
       }) {
    EXPECT_EQ(!loss_between(from, to, written).empty(), lost) << from << " to " << to;
  }
}

}  // namespace
}  // namespace bellows::locks::retyping_test
