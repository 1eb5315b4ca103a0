#include "planner/sql/statement.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

/// What DELETE and INSERT … SELECT say row by row, cut out of their text.
namespace bellows::sql::rows_test {
namespace {

DataStatement data_of(std::string_view text) {
  Statement const statement = parse_one(text);
  auto const* data = std::get_if<DataStatement>(&statement.body);
  if (data == nullptr) {
    throw std::runtime_error("no data statement: " + std::string(text));
  }
  return *data;
}

Deletion deletion_of(std::string_view text) {
  return data_of(text).deletion.value();
}

Insertion insertion_of(std::string_view text) {
  return data_of(text).insertion.value();
}

std::string values_of(Insertion const& insertion) {
  std::string text;
  for (Assignment const& each : insertion.columns) {
    text += each.column.quoted() + "=" + each.expression + ";";
  }
  return text;
}

TEST(Deletion, ItsWhereIsTheAuthorsText) {
  struct Case {
    char const* text;
    char const* where;
  };
  for (auto const& [text, where] : {
           Case{"DELETE FROM t", ""},
           Case{"DELETE FROM t WHERE a > 0", "a > 0"},
           Case{"delete from only_one wHeRe\n  \"where\" = 'where' -- why", "\"where\" = 'where'"},
           Case{"DELETE FROM \"where\" WHERE (a OR b) AND c", "(a OR b) AND c"},
           Case{"DELETE FROM s.t WHERE t.a = ANY ('{1,2}'::int[])", "t.a = ANY ('{1,2}'::int[])"},
       }) {
    Deletion const found = deletion_of(text);
    EXPECT_EQ(found.where, where) << text;
    EXPECT_EQ(found.obstacle, "") << text;
  }
  EXPECT_EQ(deletion_of("DELETE FROM s.\"T\"").table.quoted(), "s.\"T\"");
}

TEST(Deletion, WhatIsInTheWayIsNamed) {
  struct Case {
    char const* text;
    char const* obstacle;
  };
  for (auto const& [text, obstacle] : {
           Case{"DELETE FROM t USING u WHERE t.id = u.id", "USING"},
           Case{"DELETE FROM ONLY t WHERE a", "ONLY"},
           Case{"DELETE FROM t AS x WHERE x.a", "an alias"},
           Case{"DELETE FROM t WHERE a RETURNING id", "RETURNING"},
           Case{"WITH w AS (SELECT 1) DELETE FROM t", "WITH"},
           Case{"DELETE FROM t WHERE id IN (SELECT id FROM u)", "a subquery"},
           Case{"DELETE FROM t WHERE CURRENT OF c", "CURRENT OF"},
           Case{"DELETE FROM t WHERE random() < 0.5",
                "a WHERE whose answer differs from call to call"},
           Case{
               "DELETE FROM t WHERE count(*) > 1",
               "a WHERE that cannot be answered row by row (an aggregate cannot be computed row by "
               "row)"},
       }) {
    EXPECT_EQ(deletion_of(text).obstacle, obstacle) << text;
  }
}

TEST(Insertion, ItsPartsAreTheAuthorsText) {
  Insertion const found = insertion_of(
      "INSERT INTO s.target (id, \"Na me\", c) OVERRIDING SYSTEM VALUE\n"
      "SELECT t.id, upper(name) AS \"Na me\", a IS DISTINCT FROM b -- , FROM nothing\n"
      "FROM t WHERE a > 0 OR extract(year FROM at) = 1\n"
      "ON CONFLICT (id) DO NOTHING");
  EXPECT_EQ(found.obstacle, "");
  EXPECT_EQ(found.into.quoted(), "s.target");
  EXPECT_EQ(found.from.quoted(), "t");
  EXPECT_EQ(values_of(found),
            "id=t.id;\"Na me\"=upper(name);c=a IS DISTINCT FROM b -- , FROM nothing;");
  EXPECT_EQ(found.where, "a > 0 OR extract(year FROM at) = 1");
  EXPECT_EQ(found.on_conflict, "(id) DO NOTHING");
  EXPECT_EQ(found.overriding, "SYSTEM VALUE");
}

TEST(Insertion, ValuesEndWhereTheNextBegins) {
  struct Case {
    char const* list;
    char const* values;
  };
  for (auto const& [list, values] : {
           Case{"x, y", "a=x;b=y;"},
           Case{"x a, y b", "a=x;b=y;"},
           Case{"x AS \"as\", y /* , */ AS b", "a=x;b=y /* , */;"},
           Case{"coalesce(x, 1), CASE WHEN x THEN 1 ELSE 2 END",
                "a=coalesce(x, 1);b=CASE WHEN x THEN 1 ELSE 2 END;"},
           Case{"x /* one, two */, ARRAY[y, 2]", "a=x /* one, two */;b=ARRAY[y, 2];"},
           Case{"'from, where', \"from\"", "a='from, where';b=\"from\";"},
           Case{"now(), gen_random_uuid()", "a=now();b=gen_random_uuid();"},
       }) {
    Insertion const found =
        insertion_of("INSERT INTO u (a, b) SELECT " + std::string(list) + " FROM t");
    EXPECT_EQ(found.obstacle, "") << list;
    EXPECT_EQ(values_of(found), values) << list;
  }
}

TEST(Insertion, WhatIsInTheWayIsNamed) {
  struct Case {
    char const* text;
    char const* obstacle;
  };
  for (auto const& [text, obstacle] : {
           Case{"INSERT INTO u (a) SELECT x FROM t JOIN w USING (id)", "a join"},
           Case{"INSERT INTO u (a) SELECT x FROM t, w", "a join"},
           Case{"INSERT INTO u (a) SELECT x FROM t LIMIT 5", "LIMIT"},
           Case{"INSERT INTO u (a) SELECT x FROM t ORDER BY x", "ORDER BY"},
           Case{"INSERT INTO u (a) SELECT DISTINCT x FROM t", "DISTINCT"},
           Case{"INSERT INTO u (a) SELECT x FROM t GROUP BY x", "GROUP BY"},
           Case{"INSERT INTO u (a) SELECT x FROM t FOR UPDATE", "FOR UPDATE or the like"},
           Case{"INSERT INTO u (a) SELECT x FROM t UNION SELECT y FROM w",
                "UNION, INTERSECT or EXCEPT"},
           Case{
               "INSERT INTO u (a) SELECT max(x) FROM t",
               "a value that cannot be computed row by row (an aggregate cannot be computed row by "
               "row)"},
           Case{"INSERT INTO u (a) SELECT unnest(x) FROM t",
                "a value that cannot be computed row by row (a function that returns rows is not "
                "one value)"},
           Case{"INSERT INTO u (a) SELECT (SELECT 1) FROM t",
                "a value that cannot be computed row by row (a subquery cannot be computed row by "
                "row)"},
           Case{"INSERT INTO u SELECT x FROM t", "no list of the columns that it fills"},
           Case{"INSERT INTO u (a, b) SELECT x FROM t", "not as many values as columns"},
           Case{"INSERT INTO u (a, b) SELECT * FROM t", "*, which would be other columns tomorrow"},
           Case{"INSERT INTO u (a) SELECT t.* FROM t", "*, which would be other columns tomorrow"},
           Case{"INSERT INTO u (a) SELECT x FROM t RETURNING a", "RETURNING"},
           Case{"INSERT INTO u (a) SELECT x FROM t AS s", "an alias"},
           Case{"INSERT INTO u (a) SELECT x FROM ONLY t", "ONLY"},
           Case{"INSERT INTO u (a) (SELECT x FROM t)", "parentheses around its SELECT"},
           Case{"INSERT INTO u (a.b) SELECT x FROM t", "a part of a column"},
           Case{"INSERT INTO u (a) SELECT x FROM t WHERE x IN (SELECT 1)", "a subquery"},
           Case{"INSERT INTO u (a) SELECT x FROM t ON CONFLICT (a) DO UPDATE SET a = 1",
                "ON CONFLICT DO UPDATE, which would write over what the application has written "
                "since"},
       }) {
    EXPECT_EQ(insertion_of(text).obstacle, obstacle) << text;
  }
}

TEST(Insertion, OnlyFromARelation) {
  for (char const* text :
       {"INSERT INTO u VALUES (1)", "INSERT INTO u SELECT 1", "INSERT INTO u DEFAULT VALUES",
        "INSERT INTO u (a) SELECT g FROM generate_series(1, 9) g",
        "INSERT INTO u (a) SELECT x FROM (VALUES (1)) AS v (x)",
        "WITH gone AS (DELETE FROM d RETURNING id) INSERT INTO u (a) SELECT id FROM gone",
        "INSERT INTO u (a) WITH w AS (SELECT 1 AS x) SELECT x FROM w"}) {
    EXPECT_FALSE(data_of(text).insertion) << text;
  }
}

TEST(PinnedColumns, AreThoseOfTopLevelEqualitiesWithConstants) {
  struct Case {
    char const* where;
    char const* pinned;
  };
  for (auto const& [where, pinned] : {
           Case{"id = 7", "id "},
           Case{"7 = t.id AND (a > 1 OR b = 2)", "id "},
           Case{"(id = 1 AND a = 'x'::text) AND b IN (1, 2)", "id a b "},
           Case{"id = 1 OR a = 2", ""},
           Case{"NOT id = 1", ""},
           Case{"id <> 1", ""},
           Case{"id NOT IN (1)", ""},
           Case{"id IN (1, x)", ""},
           Case{"id = other", ""},
           Case{"id = now()", ""},
       }) {
    std::string text;
    for (Identifier const& column :
         deletion_of("DELETE FROM t WHERE " + std::string(where)).pinned) {
      text += column.raw() + " ";
    }
    EXPECT_EQ(text, pinned) << where;
  }
}

}  // namespace
}  // namespace bellows::sql::rows_test
