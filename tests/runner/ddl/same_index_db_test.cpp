#include "planner/rules/index_there.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "runner/ddl/same_index.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace bellows::ddl::same_index_db_test {
namespace {

/// Of the table below: an index that is there, another one that is meant, and what is said.
struct Case {
  std::string name;
  std::string there;
  std::string meant;
  std::string said;  // empty: they are the same
};

std::ostream& operator<<(std::ostream& out, Case const& one) {
  return out << one.there << " / " << one.meant;
}

class SameIndex : public testing::TestWithParam<Case> {
 protected:
  SameIndex() {
    database.run(
        "CREATE TABLE users (gone int, id int PRIMARY KEY, name text, code text COLLATE \"C\", "
        "born date, deleted_at timestamptz, tags jsonb);"
        "ALTER TABLE users DROP COLUMN gone");
  }
  test::TempDatabase database;
};

TEST_P(SameIndex, IsToldByTheCatalog) {
  database.run("CREATE " + GetParam().there);
  auto session = database.session();
  auto const parsed = sql::parse_one("CREATE " + GetParam().meant);
  auto const& meant = std::get<sql::CreateIndex>(parsed.body);
  std::string const said = difference(session, meant, "public.i");
  if (GetParam().said.empty()) {
    EXPECT_EQ(said, "");
  } else {
    EXPECT_NE(said.find(GetParam().said), std::string::npos) << said;
  }
  EXPECT_EQ(database.value("SELECT count(*) FROM pg_class WHERE relpersistence = 't'"), "0");
  // What the catalog alone tells beforehand is no other.
  auto const told = rules::index_there(meant, catalog::read_catalog(session));
  ASSERT_TRUE(told.has_value());
  if (told->what != rules::There::Unclear) {
    EXPECT_EQ(told->what, said.empty() ? rules::There::Same : rules::There::Different)
        << told->words;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Indexes, SameIndex,
    testing::Values(
        Case{"SpelledOtherwise", "INDEX i ON users (name)",
             "INDEX CONCURRENTLY i ON public.users USING btree (name ASC NULLS LAST)", ""},
        Case{"Column", "INDEX i ON users (name)", "INDEX i ON users (code)",
             "its columns are (name), meant is (code)"},
        Case{"Order", "INDEX i ON users (name, id)", "INDEX i ON users (id, name)",
             "its columns are (name, id), meant is (id, name)"},
        Case{"Descending", "INDEX i ON users (name)", "INDEX i ON users (name DESC)",
             "meant is (name DESC)"},
        Case{"NullsFirst", "INDEX i ON users (name NULLS FIRST)", "INDEX i ON users (name)",
             "its columns are (name NULLS FIRST)"},
        Case{"OperatorClass", "INDEX i ON users (name)", "INDEX i ON users (name text_pattern_ops)",
             "meant is (name text_pattern_ops)"},
        Case{"Collation", "INDEX i ON users (name)", "INDEX i ON users (name COLLATE \"C\")",
             "meant is (name COLLATE C)"},
        Case{"TheColumnsOwnCollation", "INDEX i ON users (code)",
             "INDEX i ON users (code COLLATE \"C\")", ""},
        Case{"ClassOptions", "INDEX i ON users USING brin (id)",
             "INDEX i ON users USING brin (id int4_minmax_multi_ops (values_per_range = 16))",
             "int4_minmax_multi_ops (values_per_range=16)"},
        Case{"Unique", "INDEX i ON users (name)", "UNIQUE INDEX i ON users (name)",
             "it is not unique, meant is unique"},
        Case{"NullsNotDistinct", "UNIQUE INDEX i ON users (name)",
             "UNIQUE INDEX i ON users (name) NULLS NOT DISTINCT",
             "NULLs in it are distinct, meant is are not distinct"},
        Case{"Method", "INDEX i ON users (id)", "INDEX i ON users USING hash (id)",
             "its method is btree, meant is hash"},
        Case{"Include", "INDEX i ON users (name)", "INDEX i ON users (name) INCLUDE (born)",
             "it includes (), meant is (born)"},
        Case{"KeyOrInclude", "INDEX i ON users (name, born)",
             "INDEX i ON users (name) INCLUDE (born)", "its columns are (name, born)"},
        Case{"OtherOptions", "INDEX i ON users (name) WITH (fillfactor = 80)",
             "INDEX i ON users (name) WITH (fillfactor = 70)", "meant is fillfactor=70"},
        Case{"Options", "INDEX i ON users (name)", "INDEX i ON users (name) WITH (fillfactor = 70)",
             "its options are none, meant is fillfactor=70"},
        Case{"SamePredicate", "INDEX i ON users (name) WHERE deleted_at IS NULL",
             "INDEX i ON users (name) WHERE (users.deleted_at is null)", ""},
        Case{"Predicate", "INDEX i ON users (name) WHERE deleted_at IS NULL",
             "INDEX i ON users (name) WHERE deleted_at IS NULL AND id > 0",
             "its WHERE is deleted_at IS NULL, meant is deleted_at IS NULL AND id > 0"},
        Case{"NoPredicate", "INDEX i ON users (name)", "INDEX i ON users (name) WHERE id > 0",
             "its WHERE is none, meant is id > 0"},
        Case{"SameExpression", "INDEX i ON users (lower(name))", "INDEX i ON users (LOWER( name ))",
             ""},
        Case{"Expression", "INDEX i ON users (lower(name))", "INDEX i ON users (upper(name))",
             "its columns are (lower(name)), meant is (upper(name))"},
        Case{"ExpressionOfTheSchema", "INDEX i ON users ((tags ->> 'a'))",
             "INDEX i ON users ((users.tags->>'a'))", ""}),
    [](auto const& one) { return one.param.name; });

TEST_F(SameIndex, AnotherTableIsNamed) {
  database.run("CREATE TABLE orders (name text); CREATE INDEX i ON orders (name)");
  auto session = database.session();
  auto const parsed = sql::parse_one("CREATE INDEX i ON users (name)");
  auto const& meant = std::get<sql::CreateIndex>(parsed.body);
  EXPECT_EQ(other_table(session, meant, "public.i"), "orders");
}

}  // namespace
}  // namespace bellows::ddl::same_index_db_test
