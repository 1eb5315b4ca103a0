#include "batcher/keys/range_sql.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace bellows::batcher::range_sql_test {
namespace {

using sql::Identifier;
using Parameters = std::vector<postgres::Parameter>;

KeyType column(char const* name, char const* type) {
  return {Identifier(name), type, "", false};
}

Key one() {
  return {column("id", "bigint")};
}
Key two() {
  return {column("Tenant", "uuid"), column("no", "integer")};
}
sql::QualifiedName const table{Identifier("public"), Identifier("Odd \"table\"")};

TEST(RangeSql, OneColumnHasTwoPlainBounds) {
  Statement statement;
  EXPECT_EQ(within(statement, one(), {KeyValue{"5"}, {"9"}}),
            "id > $1::bigint AND id <= $2::bigint");
  EXPECT_EQ(statement.parameters, (Parameters{"5", "9"}));
}

TEST(RangeSql, FirstRangeHasNoLowerBound) {
  Statement statement;
  EXPECT_EQ(within(statement, one(), {std::nullopt, {"9"}}), "id <= $1::bigint");
}

TEST(RangeSql, SeveralColumnsAreComparedAsRows) {
  Statement statement;
  EXPECT_EQ(
      within(statement, two(), {KeyValue{"a", "1"}, {"b", "2"}}),
      "(\"Tenant\", no) > ($1::uuid, $2::integer) AND (\"Tenant\", no) <= ($3::uuid, $4::integer)");
  EXPECT_EQ(statement.parameters, (Parameters{"a", "1", "b", "2"}));
}

TEST(RangeSql, ColumnsThatMayBeNullMustNotBe) {
  Key key = two();
  key[1].nullable = true;
  Statement statement;
  EXPECT_EQ(within(statement, key, {std::nullopt, {"a", "1"}}),
            "(\"Tenant\", no) <= ($1::uuid, $2::integer) AND no IS NOT NULL");
  EXPECT_EQ(where_keyed(key), " WHERE no IS NOT NULL");
  EXPECT_EQ(where_keyed(two()), "");
}

TEST(RangeSql, KeyOfTheWrongWidthIsRefused) {
  Statement statement;
  EXPECT_THROW(within(statement, two(), {std::nullopt, {"only one"}}), std::out_of_range);
}

TEST(RangeSql, BoundaryIsOrderedBelowTheCastToText) {
  Statement const statement = boundary_sql(table, one(), {KeyValue{"5"}, {"900"}}, 1000);
  EXPECT_EQ(statement.sql,
            "SELECT id::text FROM (SELECT id FROM public.\"Odd \"\"table\"\"\" "
            "WHERE id > $1::bigint AND id <= $2::bigint ORDER BY id LIMIT 1 OFFSET 999) AS found");
}

TEST(RangeSql, BoundaryTellsItsPlaceInTheHistogram) {
  Statement const statement =
      boundary_sql(table, one(), {std::nullopt, {"900"}}, 10, "{1,500,900}");
  EXPECT_EQ(
      statement.sql,
      "SELECT id::text, width_bucket(id, $1::bigint[]) FROM (SELECT id FROM "
      "public.\"Odd \"\"table\"\"\" WHERE id <= $2::bigint ORDER BY id LIMIT 1 OFFSET 9) AS found");
  EXPECT_EQ(statement.parameters, (Parameters{"{1,500,900}", "900"}));
}

TEST(RangeSql, IndexCollationIsUsedToCompareAndToOrder) {
  Key key{column("name", "text")};
  key.front().collation = "pg_catalog.\"C\"";
  Statement statement;
  EXPECT_EQ(within(statement, key, {std::nullopt, {"x"}}),
            "name COLLATE pg_catalog.\"C\" <= $1::text");
  EXPECT_EQ(key_order(key, true), "name COLLATE pg_catalog.\"C\" DESC");
}

TEST(RangeSql, DatesArePrintedWithoutRegardToDateStyle) {
  Key key{column("at", "timestamp with time zone"), column("id", "integer")};
  key.front().dated = true;
  EXPECT_EQ(key_texts(key), "to_json(at) #>> '{}', id::text");
}

TEST(RangeSql, PredicateCannotSwallowWhatFollows) {
  EXPECT_EQ(and_where(""), "");
  EXPECT_EQ(and_where("a OR b -- either"), " AND (a OR b -- either\n)");
}

TEST(Key, SurvivesJson) {
  KeyValue const key{"it's", "\"quoted\"", "", "back\\slash", "ünïcode\n"};
  EXPECT_EQ(key_from_json(to_json(key)), key);
  EXPECT_THROW(key_from_json("{}"), std::invalid_argument);
  EXPECT_THROW(key_from_json("[1]"), std::invalid_argument);
  EXPECT_THROW(key_from_json("["), std::invalid_argument);
}

}  // namespace
}  // namespace bellows::batcher::range_sql_test
