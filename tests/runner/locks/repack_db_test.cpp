#include "planner/rules/review.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <string>

/// REPACK of 19, outside of transactions: bellows says that it fails exactly where the server
/// refuses it. An older server refuses the word.
namespace bellows::rules::repack_db_test {
namespace {

constexpr std::string_view scene[] = {
    "CREATE TABLE keyed (id int PRIMARY KEY, v int)",
    "CREATE TABLE unkeyed (id int)",
    "CREATE TABLE only_unique (id int NOT NULL UNIQUE)",
    "CREATE TABLE chosen (id int NOT NULL UNIQUE)",
    "ALTER TABLE chosen REPLICA IDENTITY USING INDEX chosen_id_key",
    "CREATE TABLE whole (id int PRIMARY KEY)",
    "ALTER TABLE whole REPLICA IDENTITY FULL",
    "CREATE TABLE nameless (id int PRIMARY KEY)",
    "ALTER TABLE nameless REPLICA IDENTITY NOTHING",
    "CREATE TABLE later (id int PRIMARY KEY DEFERRABLE)",
    "CREATE UNLOGGED TABLE light (id int PRIMARY KEY)",
    "CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY RANGE (id)",
    "CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (100)",
    "CREATE MATERIALIZED VIEW kept AS SELECT id FROM keyed",
    "CREATE UNIQUE INDEX kept_id ON kept (id)",
    "CREATE TABLE broken (id int PRIMARY KEY, v int)",
    "INSERT INTO broken VALUES (1, 1), (2, 1)",
};
constexpr std::string_view relations[] = {"keyed",    "unkeyed", "only_unique", "chosen", "whole",
                                          "nameless", "later",   "light",       "parted", "part",
                                          "kept",     "broken",  "not_there"};

std::string told(std::string const& statement, catalog::Catalog catalog) {
  for (Finding const& finding :
       review(sql::read_migration("m", "m.sql", statement), catalog).back().findings) {
    if (!finding.fails_with.empty()) {
      return finding.fails_with;
    }
  }
  return "";
}

std::string refusal(postgres::Session& session, std::string const& statement) {
  try {
    session.run(statement);
    return "";
  } catch (postgres::Failure const& failure) {
    return failure.sqlstate;
  }
}

TEST(RepackAgainstServer, FailsWhereItIsSaidToFail) {
  test::TempDatabase database;
  auto session = database.session();
  if (session.server_version() < 190000) {
    EXPECT_EQ(refusal(session, "REPACK"), "42601");
    return;
  }
  for (std::string_view const statement : scene) {
    session.run(statement);
  }
  EXPECT_EQ(refusal(session, "CREATE UNIQUE INDEX CONCURRENTLY broken_v ON broken (v)"), "23505");
  catalog::Catalog const catalog = catalog::read_catalog(session);
  for (std::string_view const relation : relations) {
    std::string const beside = "REPACK (CONCURRENTLY) " + std::string(relation);
    EXPECT_EQ(told(beside, catalog), refusal(session, beside)) << beside;
    std::string const plain = "REPACK " + std::string(relation);
    bool const apart = relation == "parted";  // it may run, but in no transaction, as bellows does
    EXPECT_EQ(told(plain, catalog), apart ? "25001" : refusal(session, plain)) << plain;
  }
  EXPECT_EQ(told("REPACK (CONCURRENTLY)", catalog), refusal(session, "REPACK (CONCURRENTLY)"));
  EXPECT_EQ(told("REPACK (ANALYZE) keyed", catalog), "25001");
  postgres::Transaction transaction = session.begin();
  EXPECT_THROW(transaction.run("REPACK (ANALYZE) keyed"), postgres::Failure);
}

}  // namespace
}  // namespace bellows::rules::repack_db_test
