#include "batcher/verify/verify.hpp"
#include "tests/support/job_bench.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace bellows::batcher::verify_db_test {
namespace {

/// A table of 25,000 rows, read in ranges of ten thousand.
class VerifyRanges : public testing::Test {
 protected:
  void SetUp() override {
    db_.run("CREATE TABLE t (tenant text, no int, copy text, PRIMARY KEY (tenant, no))");
    db_.run("INSERT INTO t SELECT 'a' || i % 7, i, 'v' || i FROM generate_series(1, 25000) AS i");
    db_.run("ANALYZE t");
  }
  Verified read(std::vector<VerifiedRange> const& then = {}) const {
    VerifySpec spec{"v",
                    sql::parse_qualified_name("public.t"),
                    {sql::Identifier("tenant"), sql::Identifier("no")},
                    "copy = 'wrong'",
                    {sql::Identifier("copy")},
                    {}};
    for (VerifiedRange const& range : then) {
      spec.bounds.push_back(range.upto);
    }
    Surroundings surroundings = test::surroundings_of(db_);
    return verify(spec, test::small_batches(300), surroundings);
  }

  test::TempDatabase db_;
};

TEST_F(VerifyRanges, HoldAllRowsAndAreTheSameWhenReadAgain) {
  Verified const then = read();
  ASSERT_EQ(then.ranges.size(), 3U);
  EXPECT_EQ(then.ranges[0].rows + then.ranges[1].rows + then.ranges[2].rows, 25'000);
  Verified const now = read(then.ranges);
  Compared const compared = compare(then.ranges, now.ranges);
  EXPECT_EQ(compared.same, 3);
  EXPECT_EQ(compared.changed, 0);
  EXPECT_EQ(compared.rows_then, 25'000);
  EXPECT_EQ(compared.added_after, 0);
}

TEST_F(VerifyRanges, AreTheSameHoweverTheBatchesFall) {
  Verified const then = read();
  VerifySpec const whole{"v",
                         sql::parse_qualified_name("public.t"),
                         {sql::Identifier("tenant"), sql::Identifier("no")},
                         "false",
                         {sql::Identifier("copy")},
                         {then.ranges[0].upto, then.ranges[1].upto, then.ranges[2].upto}};
  Surroundings surroundings = test::surroundings_of(db_);
  Verified const now = verify(whole, {}, surroundings);
  EXPECT_EQ(compare(then.ranges, now.ranges).same, 3);
}

/// What the application does while an empty table is read, at each of these events.
Verified read_beside(test::TempDatabase const& db, std::function<void(Event const&)> const& act) {
  db.run("CREATE TABLE e (id int PRIMARY KEY)");
  VerifySpec const spec{
      "v", sql::parse_qualified_name("public.e"), {sql::Identifier("id")}, "id < 0", {}, {}};
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.observe = act;
  return verify(spec, {}, surroundings);
}

TEST_F(VerifyRanges, RowsThatComeAsItEndsAreReadOnceMore) {
  Verified const found = read_beside(db_, [this](Event const& event) {
    if (event.what == "no row read") {
      db_.run("INSERT INTO e VALUES (1)");
    }
  });
  EXPECT_EQ(found.rows, 1);
}

// A shell of a table shows no row to a walk, and some to a plain question, however often.
TEST_F(VerifyRanges, NoRowReadOfATableThatHasSomeIsNoVerification) {
  EXPECT_THROW(read_beside(db_,
                           [this](Event const& event) {
                             if (event.what == "verify begins") {
                               db_.run("DELETE FROM e");
                             } else if (event.what == "no row read") {
                               db_.run("INSERT INTO e VALUES (1)");
                             }
                           }),
               std::invalid_argument);
}

TEST_F(VerifyRanges, AnEmptyTableIsVerified) {
  EXPECT_EQ(read_beside(db_, [](Event const&) {}).rows, 0);
}

TEST_F(VerifyRanges, AChangeOfAnyKindShowsInItsRangeOnly) {
  Verified const then = read();
  for (char const* change :
       {"UPDATE t SET copy = 'x' WHERE no = 1", "UPDATE t SET copy = NULL WHERE no = 1",
        "UPDATE t SET no = -1 WHERE no = 1", "DELETE FROM t WHERE no = 1",
        "INSERT INTO t VALUES ('a1', 0, 'v')",
        "UPDATE t SET copy = CASE no WHEN 1 THEN 'v8' ELSE 'v1' END WHERE no IN (1, 8)"}) {
    db_.run(change);
    Compared const compared = compare(then.ranges, read(then.ranges).ranges);
    EXPECT_EQ(compared.changed, 1) << change;
    EXPECT_EQ(compared.same, 2) << change;
    db_.run("TRUNCATE t");
    db_.run("INSERT INTO t SELECT 'a' || i % 7, i, 'v' || i FROM generate_series(1, 25000) AS i");
  }
}

TEST_F(VerifyRanges, RowsBehindTheLastOneAreCountedApart) {
  Verified const then = read();
  db_.run("INSERT INTO t SELECT 'b', i, 'v' FROM generate_series(1, 40) AS i");
  Compared const compared = compare(then.ranges, read(then.ranges).ranges);
  EXPECT_EQ(compared.same, 3);
  EXPECT_EQ(compared.added_after, 40);
}

TEST_F(VerifyRanges, ATableThatWasEmptiedHasChangedEverywhere) {
  Verified const then = read();
  db_.run("DELETE FROM t");
  Verified const now = read(then.ranges);
  EXPECT_EQ(now.rows, 0);
  EXPECT_EQ(compare(then.ranges, now.ranges).changed, 3);
}

TEST_F(VerifyRanges, WrongRowsAreCountedWithTheirRange) {
  db_.run("UPDATE t SET copy = 'wrong' WHERE no IN (1, 24999)");
  Verified const found = read();
  EXPECT_EQ(found.differing, 2);
  EXPECT_EQ(found.examples.size(), 2U);
  std::int64_t sum = 0;
  for (VerifiedRange const& range : found.ranges) {
    sum += range.differing;
  }
  EXPECT_EQ(sum, 2);
}

TEST_F(VerifyRanges, HowManyIsBoundedWhateverTheTable) {
  db_.run("UPDATE pg_class SET reltuples = 1e9 WHERE oid = 't'::regclass");
  EXPECT_EQ(read().ranges.size(), 1U) << "two million rows a range";
}

}  // namespace
}  // namespace bellows::batcher::verify_db_test
