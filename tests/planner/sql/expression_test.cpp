#include "planner/sql/expression.hpp"

#include "planner/sql/text.hpp"

#include <gtest/gtest.h>

namespace bellows::sql::expression_test {
namespace {

std::string as_new(std::string_view text) {
  return Expression::parse(text).with_columns(
      [](Identifier const& column) { return "NEW." + column.quoted(); });
}

TEST(Expression, AcceptsScalars) {
  for (char const* text : {
           "name",
           "'x'",
           "1",
           "NULL",
           "lower(name)",
           "name || ', ' || \"First Name\"",
           "CASE WHEN a > 0 THEN a ELSE -a END",
           "coalesce(a, b)",
           "(a)",
           "a::text",
           "ARRAY[a, b]",
           "a IN (1, 2)",
           "users.name",
           "current_timestamp",
           "EXTRACT(year FROM at)",
           "a[1]",
           "substring(name FROM 1 FOR 2)",
           "interval '1 day' * n",
           "a IS DISTINCT FROM b",
           "(a + b) * c",
           "E'\\n'",
           "my_function(a)",
       }) {
    EXPECT_NO_THROW(Expression::parse(text)) << text;
  }
}

TEST(Expression, RefusesWhatIsNotOneScalarOfOneRow) {
  for (char const* text : {
           "",
           "  ",
           "-- x",
           "a, b",
           "a b",
           "a AS b",
           "*",
           "t.*",
           "(t).*",
           "ALL a",
           "DISTINCT a",
           "a; DROP TABLE users",
           "a) ; DROP TABLE users; SELECT (1",
           "a) + (b",
           "a FROM t",
           "a WHERE b",
           "a) FROM t WHERE (b",
           "a UNION SELECT 1",
           "SELECT 1",
           "(SELECT 1)",
           "EXISTS (SELECT 1)",
           "a = ANY (SELECT 1)",
           "ARRAY(SELECT 1)",
           "count(*)",
           "max(a)",
           "string_agg(a, ',')",
           "sum(a) FILTER (WHERE b)",
           "row_number() OVER ()",
           "lag(a)",
           "my_sum(DISTINCT a)",
           "generate_series(1, 2)",
           "unnest(a)",
           "$1",
           "DEFAULT",
           "(a, b)",
           "ROW(a, b)",
           "GROUPING(a)",
           "a INTO b",
           "a --",
           "a /*",
           "'open",
       }) {
    if (std::string_view(text) == "a --") {
      EXPECT_EQ(Expression::parse(text).text(), "a") << "a comment would swallow what follows";
    } else {
      EXPECT_THROW(Expression::parse(text), SyntaxError) << text;
    }
  }
}

TEST(Expression, ReplacesColumnsAndNothingElse) {
  EXPECT_EQ(as_new("name"), "NEW.name");
  EXPECT_EQ(as_new("lower(name)"), "lower(NEW.name)");
  EXPECT_EQ(as_new("\"First Name\" || 'First Name'"), "NEW.\"First Name\" || 'First Name'");
  EXPECT_EQ(as_new("users.name || public.users.name"), "NEW.name || NEW.name");
  EXPECT_EQ(as_new("users . name"), "NEW.name");
  EXPECT_EQ(as_new("name(name::name)"), "name(NEW.name::name)");
  EXPECT_EQ(as_new("f(name => name, x => 'name')"), "f(name => NEW.name, x => 'name')");
  EXPECT_EQ(as_new("extract(year from year)"), "extract(year from NEW.year)");
  EXPECT_EQ(as_new("name /* name */ || name"), "NEW.name   || NEW.name");
  EXPECT_EQ(as_new("'ü' || größe"), "'ü' || NEW.\"größe\"");
  EXPECT_EQ(as_new("a[b]"), "NEW.a[NEW.b]");
  EXPECT_EQ(as_new("Name"), "NEW.name");
}

TEST(Expression, KnowsItsColumns) {
  Identifier const name("name");
  EXPECT_TRUE(Expression::parse("lower(name)").mentions(name));
  EXPECT_FALSE(Expression::parse("'name'::name").mentions(name));
  EXPECT_TRUE(Expression::parse(" NAME ").is_column(name));
  EXPECT_TRUE(Expression::parse("users.name").is_column(name));
  EXPECT_FALSE(Expression::parse("\"NAME\"").is_column(name));
  EXPECT_FALSE(Expression::parse("name || ''").is_column(name));
  EXPECT_FALSE(Expression::parse("lower(name)").is_column(name));
}

TEST(Expression, KnowsVolatileFunctions) {
  for (char const* text : {"random()", "clock_timestamp()", "nextval('s')", "md5(random()::text)",
                           "gen_random_uuid()", "pg_catalog.random()", "uuid_generate_v4()"}) {
    EXPECT_TRUE(Expression::parse(text).calls_volatile()) << text;
  }
  for (char const* text : {"now()", "current_timestamp", "lower(a)", "txid_current()",
                           "mine.random()", "statement_timestamp()", "'random()'"}) {
    EXPECT_FALSE(Expression::parse(text).calls_volatile()) << text;
  }
}

TEST(Expression, QualifiesShippedFunctionsOnly) {
  auto const qualified = [](std::string_view text) {
    return Expression::parse(text).with_builtin_functions_qualified().text();
  };
  EXPECT_EQ(qualified("lower(name)"), "pg_catalog.lower(name)");
  EXPECT_EQ(qualified("initcap(trim(lower(a)))"), "pg_catalog.initcap(trim(pg_catalog.lower(a)))");
  EXPECT_EQ(qualified("mine.lower(a)"), "mine.lower(a)");
  EXPECT_EQ(qualified("mine(a)"), "mine(a)");
  EXPECT_EQ(qualified("coalesce(a, substring(b, 1))"), "coalesce(a, pg_catalog.substring(b, 1))");
  EXPECT_EQ(qualified("pg_catalog.lower(a)"), "pg_catalog.lower(a)");
}

}  // namespace
}  // namespace bellows::sql::expression_test
