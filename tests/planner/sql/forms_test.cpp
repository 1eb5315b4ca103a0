#include "planner/sql/parser/forms.hpp"

#include "planner/sql/refused_form.hpp"
#include "tests/planner/sql/form_examples.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace bellows::sql::forms_test {
namespace {

std::vector<examples::Example> all_examples() {
  std::vector<examples::Example> all;
  all.insert(all.end(), std::begin(examples::of_grammar), std::end(examples::of_grammar));
  all.insert(all.end(), std::begin(examples::of_commands), std::end(examples::of_commands));
  all.insert(all.end(), std::begin(examples::otherwise), std::end(examples::otherwise));
  return all;
}

/// {quiet} and {made} are for servers.
std::string plain(std::string_view text) {
  std::string result(text);
  for (auto const& [mark, words] :
       {std::pair("{quiet}", "s CONNECTION '' PUBLICATION p WITH (connect"),
        std::pair("{made}", "s")}) {
    if (auto const at = result.find(mark); at != std::string::npos) {
      result.replace(at, std::string_view(mark).size(), words);
    }
  }
  return result;
}

TEST(Forms, EachIsRecognisedInItsExample) {
  for (examples::Example const& one : all_examples()) {
    Statement const statement = parse_one(plain(one.statement));
    EXPECT_NE(statement.kind, "UNKNOWN") << one.statement;
    Form const wanted{one.words, one.since};
    EXPECT_NE(std::ranges::find(statement.forms, wanted), statement.forms.end()) << one.statement;
    Form const* refused = refused_form(statement, one.since - 1);
    EXPECT_TRUE(refused != nullptr && refused->since >= one.since) << one.statement;
    EXPECT_EQ(refused_form(statement, 19), nullptr) << one.statement;
  }
}

TEST(Forms, EachRowHasAnExample) {
  std::set<std::pair<std::string_view, int>> tried;
  for (examples::Example const& one : all_examples()) {
    tried.emplace(one.words, one.since);
  }
  for (FormRow const& row : form_rows()) {
    EXPECT_TRUE(tried.contains({row.form.words, row.form.since})) << row.form.words;
  }
  for (OptionRow const& row : option_rows()) {
    EXPECT_TRUE(tried.contains({row.form.words, row.form.since})) << row.form.words;
  }
}

TEST(Forms, TheNewestOfThoseThatTheServerLacksIsTold) {
  Statement statement;
  statement.forms = {{"old", 0, 14}, {"young", 15}, {"younger", 17}};
  EXPECT_EQ(refused_form(statement, 13)->words, "younger");
  EXPECT_EQ(refused_form(statement, 16)->words, "younger");
  EXPECT_EQ(refused_form(statement, 17)->words, "old");
  statement.forms.erase(statement.forms.begin());
  EXPECT_EQ(refused_form(statement, 17), nullptr);
}

TEST(Forms, ANumberThatOlderScannersCutInTwo) {
  for (char const* text : {"SELECT 1_000", "SELECT a, -1_000 FROM t", "INSERT INTO t SELECT 0x1F",
                           "UPDATE t SET a = 1 RETURNING a + 1_000", "SELECT 1.5_0, 2",
                           "SELECT (SELECT 0b1 FROM u)", "SELECT f(2), 1_0e5 ORDER BY 1"}) {
    Statement const statement = parse_one(text);
    ASSERT_EQ(statement.forms.size(), 1U) << text;
    EXPECT_EQ(refused_form(statement, 14), nullptr) << text;
    EXPECT_TRUE(has_another_meaning(statement.forms[0], 14)) << text;
    EXPECT_NE(refused_form(statement, 15), nullptr) << text;
    EXPECT_EQ(refused_form(statement, 16), nullptr) << text;
    EXPECT_FALSE(has_another_meaning(statement.forms[0], 15)) << text;
    EXPECT_FALSE(has_another_meaning(statement.forms[0], 16)) << text;
  }
  for (char const* text :
       {"SELECT 1_000 AS a", "SELECT (1_000)", "SELECT f(1_000, 2)", "SELECT 1_000 + 1",
        "SELECT 1_000.5", "VALUES (1_000)", "SELECT a FROM t WHERE a = 1_000",
        "SELECT a FROM t ORDER BY 1_000", "UPDATE t SET a = 1_000", "SELECT 1_000 a",
        "SELECT ARRAY[1_000]", "SELECT a LIMIT 1_000"}) {
    Statement const statement = parse_one(text);
    ASSERT_EQ(statement.forms.size(), 1U) << text;
    EXPECT_NE(refused_form(statement, 14), nullptr) << text;
    EXPECT_NE(refused_form(statement, 15), nullptr) << text;
  }
}

TEST(Forms, RowsOfATagStandTogether) {
  std::set<NodeTag> seen;
  NodeTag before = T_Invalid;
  for (FormRow const& row : form_rows()) {
    EXPECT_TRUE(row.tag == before || seen.insert(row.tag).second) << row.form.words;
    before = row.tag;
  }
}

TEST(Forms, WhatEveryServerTakesHasNone) {
  for (char const* text :
       {"CREATE TABLE t (a int CHECK (a > 0), b text NOT NULL, c int GENERATED ALWAYS AS (a) "
        "STORED, "
        "UNIQUE (a), LIKE u INCLUDING ALL EXCLUDING COMMENTS)",
        "ALTER TABLE t ADD CHECK (a <> 'NOT ENFORCED') NOT VALID, ALTER a SET STATISTICS 100",
        "ALTER TABLE t ADD CONSTRAINT enforced FOREIGN KEY (a) REFERENCES u ON DELETE SET NULL",
        "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a NULLS FIRST) INCLUDE (b)",
        "SELECT 0, 1.5e3, 100000000000, x1, \"1_000\" FROM (SELECT 1) AS q (x1)",
        "SELECT SUBSTRING(a FROM 'x' FOR '#') FROM t WHERE a SIMILAR TO 'y'",
        "SELECT now() AT TIME ZONE 'UTC', json_object('{a,1}'::text[])",
        "SELECT 1 AS value, t.name, a AS name, value, b lbl FROM t ORDER BY value",
        "SELECT json('1'), json_scalar(1), json_array(1, 2), json_value(a, '$') FROM t",
        "REINDEX (VERBOSE) TABLE CONCURRENTLY t",
        "CLUSTER VERBOSE t",
        "VACUUM (FULL, ANALYZE) t",
        "GRANT a TO b WITH ADMIN OPTION",
        "REVOKE ADMIN OPTION FOR a FROM b",
        "GRANT SELECT (a) ON t TO b",
        "COPY t FROM '/x' (FORMAT csv, HEADER true, NULL '')",
        "UPDATE t SET a = 1 WHERE b IN (1, 2) RETURNING a",
        "CREATE PUBLICATION p FOR TABLE t",
        "ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 0)",
        "DECLARE c CURSOR FOR SELECT 1"}) {
    EXPECT_TRUE(parse_one(text).forms.empty())
        << text << ": " << (parse_one(text).forms.empty() ? "" : parse_one(text).forms[0].words);
  }
}

}  // namespace
}  // namespace bellows::sql::forms_test
