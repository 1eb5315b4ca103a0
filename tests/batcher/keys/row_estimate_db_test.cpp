#include "batcher/keys/row_estimate.hpp"
#include "tests/support/temp_database.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace bellows::batcher::row_estimate_db_test {
namespace {

class RowEstimate : public testing::Test {
 protected:
  double estimate() const {
    postgres::Session session = db.session();
    postgres::Transaction transaction = session.begin();
    return static_cast<double>(
        estimate_rows(transaction, {sql::Identifier("public"), sql::Identifier("t")}));
  }
  test::TempDatabase db;
};

constexpr char const* quiet = "WITH (autovacuum_enabled = off)";

TEST_F(RowEstimate, IsWhatAnalyzeCounted) {
  db.run(
      fmt::format("CREATE TABLE t (id int) {}; INSERT INTO t SELECT generate_series(1, 1234);"
                  "ANALYZE t; DELETE FROM t",
                  quiet));
  EXPECT_EQ(estimate(), 1234);
}

TEST_F(RowEstimate, OfATableThatHasGrownSinceIsInProportion) {
  db.run(
      fmt::format("CREATE TABLE t (id int) {}; INSERT INTO t SELECT generate_series(1, 1000);"
                  "ANALYZE t; INSERT INTO t SELECT generate_series(1, 49000)",
                  quiet));
  EXPECT_NEAR(estimate(), 50'000, 6'000);
}

TEST_F(RowEstimate, OfATableThatWasAnalyzedEmptyComesFromASample) {
  db.run(
      fmt::format("CREATE TABLE t (id int) {}; ANALYZE t;"
                  "INSERT INTO t SELECT generate_series(1, 50000)",
                  quiet));
  EXPECT_NEAR(estimate(), 50'000, 2'000);
}

TEST_F(RowEstimate, OfAnEmptyTableIsOne) {
  db.run("CREATE TABLE t (id int)");
  EXPECT_EQ(estimate(), 1);
}

TEST_F(RowEstimate, OfWideRowsComesFromASample) {
  db.run(
      fmt::format("CREATE TABLE t (wide text) {};"
                  "INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 10000)",
                  quiet));
  EXPECT_NEAR(estimate(), 10'000, 500);
}

// A sample of the whole tree would take the same page numbers from each leaf: none, of many.
TEST_F(RowEstimate, OfManyPartitions) {
  db.run("CREATE TABLE t (leaf int, pad text) PARTITION BY LIST (leaf)");
  for (int leaf = 0; leaf < 40; ++leaf) {
    db.run(fmt::format("CREATE TABLE t{0} PARTITION OF t FOR VALUES IN ({0}) {1}", leaf, quiet));
  }
  db.run("INSERT INTO t SELECT i % 40, repeat('x', 500) FROM generate_series(1, 40000) i");
  EXPECT_NEAR(estimate(), 40'000, 2'000);
  db.run("ANALYZE t7");
  EXPECT_NEAR(estimate(), 40'000, 2'000);
}

TEST_F(RowEstimate, CountsChildrenByInheritance) {
  db.run(
      fmt::format("CREATE TABLE t (id int) {0}; CREATE TABLE child () INHERITS (t) {0};"
                  "INSERT INTO t SELECT generate_series(1, 10);"
                  "INSERT INTO child SELECT generate_series(1, 5000)",
                  quiet));
  EXPECT_NEAR(estimate(), 5'010, 250);
}

TEST_F(RowEstimate, WhatMayNotBeReadIsGuessed) {
  db.run(
      fmt::format("CREATE TABLE t (id int) {};"
                  "INSERT INTO t SELECT generate_series(1, 5000)",
                  quiet));
  postgres::Session session = db.session();
  postgres::Transaction transaction = session.begin();
  transaction.run("CREATE ROLE bellows_row_estimate");
  transaction.run("SET LOCAL ROLE bellows_row_estimate");
  EXPECT_GT(estimate_rows(transaction, {sql::Identifier("public"), sql::Identifier("t")}), 1'000);
}

}  // namespace
}  // namespace bellows::batcher::row_estimate_db_test
