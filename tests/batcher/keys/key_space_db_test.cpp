#include "batcher/keys/key_space.hpp"
#include "tests/support/temp_database.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace bellows::batcher::key_space_db_test {
namespace {

class KeySpaceOf : public testing::Test {
 protected:
  KeySpace read() const {
    postgres::Session session = db.session();
    postgres::Transaction transaction = session.begin();
    return read_key_space(transaction, {sql::Identifier("public"), sql::Identifier("t")},
                          {KeyType{sql::Identifier("id"), "integer", ""}});
  }
  /// Rows that ANALYZE saw, and rows that came later.
  void make(std::string const& seen, std::string const& later) const {
    db.run(
        fmt::format("CREATE TABLE t (id int) WITH (autovacuum_enabled = off);"
                    "INSERT INTO t {}; ANALYZE t; INSERT INTO t {}",
                    seen, later));
  }
  test::TempDatabase db;
};

TEST_F(KeySpaceOf, AHistogramOfNowIsUsedWhateverTheGaps) {
  make("SELECT g * g FROM generate_series(1, 20000) g", "SELECT 1 WHERE false");
  KeySpace const space = read();
  EXPECT_EQ(space.bounds, 101);
  EXPECT_NEAR(space.estimated_rows, 20'000, 1);
}

TEST_F(KeySpaceOf, OneOfFewerRowsDoesNotTellThePlace) {
  make("SELECT generate_series(1, 5000)", "SELECT generate_series(5001, 100000)");
  KeySpace const space = read();
  EXPECT_EQ(space.bounds, 0);
  EXPECT_NEAR(space.estimated_rows, 100'000, 5'000);
  EXPECT_NEAR(space.share(std::nullopt, 0, 5'000), 0.05, 0.01) << "not 99.9 %";
  EXPECT_NEAR(space.share(std::nullopt, 0, 90'000), 0.9, 0.06);
}

TEST_F(KeySpaceOf, NorWhereRowsHaveComeAmongThem) {
  make("SELECT generate_series(1, 100000, 50)", "SELECT generate_series(2, 40000)");
  EXPECT_EQ(read().bounds, 0);
}

TEST_F(KeySpaceOf, WhatVacuumCountedLaterDoesNotMakeItNew) {
  make("SELECT generate_series(1, 5000)", "SELECT generate_series(5001, 100000)");
  db.session().run("VACUUM t");  // reltuples is right again, the histogram is not
  EXPECT_EQ(read().bounds, 0);
}

TEST_F(KeySpaceOf, BloatIsNotCountedAsRows) {
  make("SELECT generate_series(1, 50000)", "SELECT 1 WHERE false");
  db.run("DELETE FROM t WHERE id % 10 <> 0");
  EXPECT_NEAR(read().estimated_rows, 5'000, 100);
}

}  // namespace
}  // namespace bellows::batcher::key_space_db_test
