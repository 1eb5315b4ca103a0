#include "planner/catalog/replay.hpp"
#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

#include <string>

/// IF EXISTS and nothing is there, IF NOT EXISTS and something else is.
namespace bellows::rules::passed_over_test {
namespace {

Reviewed judged(std::string const& statement, bool complete = true) {
  catalog::Catalog catalog;
  catalog::replay_text(catalog,
                       "CREATE TABLE t (id int PRIMARY KEY, a int, b int);"
                       "CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT id FROM t;"
                       "CREATE TYPE mood AS ENUM ('good'); CREATE DOMAIN level AS int;"
                       "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
  catalog.complete = complete;
  catalog.extended = false;
  catalog.schemas = {sql::Identifier("public")};
  return review(sql::read_migration("m", "m.sql", statement), catalog,
                conduct_of(*runner_named("bellows"), ""))
      .at(0);
}

void expect_told(std::string const& statement, Severity severity, Verdict verdict) {
  Reviewed const reviewed = judged(statement);
  ASSERT_EQ(reviewed.findings.size(), 1U) << statement;
  EXPECT_EQ(reviewed.findings[0].rule, "passed-over") << statement;
  EXPECT_EQ(reviewed.findings[0].severity, severity) << statement;
  EXPECT_EQ(reviewed.verdict, verdict) << statement;
}

TEST(PassedOver, WhatFindsNothingDoesNothing) {
  for (char const* statement :
       {"DROP TABLE IF EXISTS nowhere, elsewhere CASCADE", "DROP VIEW IF EXISTS nowhere",
        "DROP INDEX IF EXISTS nowhere", "DROP INDEX CONCURRENTLY IF EXISTS nowhere",
        "DROP SEQUENCE IF EXISTS nowhere", "DROP MATERIALIZED VIEW IF EXISTS nowhere",
        "ALTER TABLE IF EXISTS nowhere DROP COLUMN a", "ALTER TABLE IF EXISTS nowhere RENAME TO n",
        "ALTER TABLE IF EXISTS nowhere RENAME COLUMN a TO b", "DROP TYPE IF EXISTS nowhere",
        "DROP DOMAIN IF EXISTS nowhere CASCADE", "DROP FUNCTION IF EXISTS nowhere(int)",
        "DROP SCHEMA IF EXISTS nowhere CASCADE", "DROP TRIGGER IF EXISTS nothing ON t",
        "DROP TRIGGER IF EXISTS nothing ON nowhere", "DROP POLICY IF EXISTS nothing ON t"}) {
    expect_told(statement, Severity::Note, Verdict::Safe);
    EXPECT_TRUE(judged(statement).effects.relations.empty()) << statement;
  }
  expect_told("ALTER TABLE t DROP COLUMN IF EXISTS gone", Severity::Note, Verdict::Brief);
}

TEST(PassedOver, WhatIsThereIsNot) {
  for (char const* statement :
       {"DROP TABLE IF EXISTS t", "DROP TABLE IF EXISTS nowhere, t", "DROP VIEW IF EXISTS v",
        "ALTER TABLE t DROP COLUMN IF EXISTS a", "DROP INDEX IF EXISTS i",
        "DROP TYPE IF EXISTS mood", "DROP DOMAIN IF EXISTS nowhere, level",
        "DROP FUNCTION IF EXISTS f()",
        "ALTER TABLE t DROP COLUMN IF EXISTS gone, DROP COLUMN IF EXISTS a"}) {
    EXPECT_EQ(judged(statement).verdict, Verdict::Unsafe) << statement;
  }
  EXPECT_EQ(judged("DROP TABLE IF EXISTS nowhere", false).verdict, Verdict::Unsafe)
      << "nobody has said that there is no such table";
}

TEST(PassedOver, AnotherIndexIsToldOf) {
  expect_told("CREATE INDEX IF NOT EXISTS i ON t (b)", Severity::Warning, Verdict::Brief);
  EXPECT_TRUE(judged("CREATE INDEX IF NOT EXISTS i ON t (a)").findings.empty());
}

TEST(MistypedKeyword, IsNoneThatANewerServerHas) {
  for (int const version : {15, 18, 19}) {
    catalog::Catalog catalog;
    catalog.server_version = version;
    auto const found = review(sql::read_migration("m", "m.sql", "ALTER TABEL t ADD c int"), catalog)
                           .at(0)
                           .findings;
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].rule, "syntax-error") << version;
    EXPECT_EQ(found[0].remedy, "Mend it there: TABLE may be meant.") << version;
  }
}

}  // namespace
}  // namespace bellows::rules::passed_over_test
