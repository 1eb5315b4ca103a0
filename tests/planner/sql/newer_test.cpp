#include "planner/sql/parser/newer.hpp"

#include <gtest/gtest.h>

#include <string>

/// Forms of PostgreSQL 19 that the linked parser refuses.
namespace bellows::sql::newer_test {
namespace {

std::string newest_form(Statement const& statement) {
  return statement.forms.empty() || statement.forms.front().since != 19
             ? ""
             : std::string(statement.forms.front().words);
}

Other other(std::string const& text) {
  Statement const statement = parse_one(text);
  auto const* body = std::get_if<Other>(&statement.body);
  EXPECT_NE(body, nullptr) << text;
  return body == nullptr ? Other() : *body;
}

std::string relations(std::string const& text) {
  std::string names;
  for (QualifiedName const& name : other(text).relations) {
    names += name.quoted() + " ";
  }
  return names;
}

TEST(Newer, RepackIsToldByWhatItTakes) {
  struct Case {
    char const* text;
    char const* kind;
    char const* relations;
  };
  for (Case const& one :
       {Case{"REPACK", "REPACK ALL", ""}, Case{"REPACK USING INDEX", "REPACK ALL", ""},
        Case{"repack (VERBOSE) s.t", "REPACK", "s.t "},
        Case{"REPACK (CONCURRENTLY off) t", "REPACK", "t "},
        Case{"REPACK \"Odd\" (a, b) USING INDEX", "REPACK", "\"Odd\" "},
        Case{"REPACK (ANALYZE false) t USING INDEX i", "REPACK", "t "},
        Case{"REPACK (CONCURRENTLY) t /* , */ USING INDEX i", "REPACK CONCURRENTLY", "t "}}) {
    EXPECT_EQ(parse_one(one.text).kind, one.kind) << one.text;
    EXPECT_EQ(relations(one.text), one.relations) << one.text;
    EXPECT_EQ(newest_form(parse_one(one.text)), "REPACK") << one.text;
  }
}

TEST(Newer, DoSelectWritesNothing) {
  std::string const text =
      "INSERT INTO t (a) SELECT a FROM s WHERE b ON CONFLICT (a) DO SELECT FOR UPDATE WHERE t.a > "
      "0 "
      "RETURNING a";
  Statement const statement = parse_one(text);
  EXPECT_EQ(statement.kind, "INSERT");
  EXPECT_EQ(statement.raw.text, text);
  EXPECT_EQ(newest_form(statement), "ON CONFLICT DO SELECT");
  auto const& data = std::get<DataStatement>(statement.body);
  ASSERT_TRUE(data.insertion);
  EXPECT_EQ(data.insertion->obstacle, "RETURNING");
  EXPECT_EQ(data.writes.at(0).quoted(), "t");
  EXPECT_EQ(parse_one("WITH x AS (INSERT INTO t VALUES (1) ON CONFLICT DO SELECT RETURNING a) "
                      "SELECT a FROM x")
                .kind,
            "SELECT");
}

TEST(Newer, PublicationsForAll) {
  Other const except = other(
      "CREATE PUBLICATION p FOR ALL TABLES EXCEPT (TABLE s.a, ONLY \"B\", TABLE c *) WITH "
      "(publish = 'insert')");
  ASSERT_TRUE(except.publication);
  EXPECT_TRUE(except.publication->all_tables);
  ASSERT_EQ(except.publication->except.size(), 3U);
  EXPECT_EQ(except.publication->except[0].quoted(), "s.a");
  EXPECT_EQ(except.publication->except[1].quoted(), "\"B\"");
  EXPECT_EQ(except.publication->updates, false);
  Other const sequences = other("CREATE PUBLICATION p FOR ALL SEQUENCES");
  EXPECT_TRUE(sequences.publication->all_sequences);
  EXPECT_FALSE(sequences.publication->all_tables);
  Other const both = other("ALTER PUBLICATION p SET ALL SEQUENCES, ALL TABLES");
  EXPECT_TRUE(both.publication->all_sequences && both.publication->all_tables);
  EXPECT_TRUE(both.publication->tables.empty() && both.relations.empty());
  EXPECT_EQ(both.publication->action, PublicationChange::Action::Replace);
}

TEST(Newer, TheRestIsCalledAsItsOlderKin) {
  struct Case {
    char const* text;
    char const* kind;
  };
  for (Case const& one :
       {Case{"WAIT FOR LSN '0/306EE20'", "WAIT FOR LSN"},
        Case{"WAIT FOR LSN '0/306EE20' WITH (TIMEOUT '1s', NO_THROW)", "WAIT FOR LSN"},
        Case{"CHECKPOINT (MODE spread)", "CHECKPOINT"},
        Case{"COPY t TO '/x' (FORMAT json, FORCE_ARRAY)", "COPY TO"},
        Case{"COPY t TO '/x' WITH JSON", "COPY TO"},
        Case{"ALTER SUBSCRIPTION s REFRESH SEQUENCES", "ALTER SUBSCRIPTION"},
        Case{"CREATE SUBSCRIPTION s SERVER far PUBLICATION p", "CREATE SUBSCRIPTION"},
        Case{"CREATE FOREIGN DATA WRAPPER f CONNECTION s.f", "CREATE FOREIGN DATA WRAPPER"},
        Case{"SET search_path TO NULL", "SET"},
        Case{"SELECT lag(a) IGNORE NULLS OVER (ORDER BY b) FROM t", "SELECT"}}) {
    Statement const statement = parse_one(one.text);
    EXPECT_EQ(statement.kind, one.kind) << one.text;
    EXPECT_NE(newest_form(statement), "") << one.text;
  }
}

// As 19~rc1 has it.
TEST(Newer, EverythingElseStaysUnparsed) {
  for (char const* text : {
           "REPACK VERBOSE t",
           "REPACK ONLY t",
           "REPACK t *",
           "REPACK a, b",
           "REPACK t USING INDEX i j",
           "REPACK (VERBOSE t",
           "INSERT INTO t VALUES (1) ON CONFLICT (a) DO SELECT FOR UPDATE NOWAIT RETURNING a",
           "INSERT INTO t VALUES (1) ON CONFLICT ((a) DO SELECT RETURNING a",
           "INSERT INTO t VALUES (1) ON CONFLICT DO SELECT WHERE RETURNING a",
           "INSERT INTO t VALUES (1) DO SELECT",
           "CREATE PUBLICATION p FOR ALL TABLES EXCEPT TABLE (a, b)",
           "CREATE PUBLICATION p FOR ALL TABLES EXCEPT (a)",
           "CREATE PUBLICATION p FOR ALL TABLES,",
           "ALTER PUBLICATION p ADD ALL TABLES",
           "WAIT FOR LSN",
           "WAIT FOR LSN '0/1' TIMEOUT '1s'",
           "WAIT FOR LSN '0/1' WITH (",
           "CHECKPOINT (",
           "SELECT a FROM t GROUP BY ALL",
           "ALTER TABLE t MERGE PARTITIONS (a, b) INTO c",
           "UPDATE t FOR PORTION OF v FROM 1 TO 2 SET a = 1",
       }) {
    Statement const statement = parse_one(text);
    EXPECT_EQ(statement.kind, "UNKNOWN") << text;
    EXPECT_TRUE(std::holds_alternative<Unparsed>(statement.body)) << text;
    EXPECT_TRUE(statement.forms.empty()) << text;
  }
}

TEST(Newer, WordsInStringsAndNamesAreNone) {
  for (char const* text : {"SELECT 'REPACK', \"repack\" FROM repack", "SELECT wait, lsn FROM t"}) {
    EXPECT_EQ(parse_one(text).kind, "SELECT") << text;
    EXPECT_EQ(newest_form(parse_one(text)), "") << text;
  }
}

}  // namespace
}  // namespace bellows::sql::newer_test
