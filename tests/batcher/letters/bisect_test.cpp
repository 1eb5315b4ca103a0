#include "batcher/letters/bisect.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace bellows::batcher::bisect_test {
namespace {

struct Walked {
  int failed = 0;
  int passed = 0;
  std::vector<int> found;
};

// Over rows 0 … rows-1 in batches of `full`, as a lane does it.
Walked walk(int rows, int full, std::set<int> const& bad) {
  Walked walked;
  Bisect bisect;
  for (int at = 0; at < rows;) {
    auto const size = static_cast<int>(bisect.on() ? std::min<std::int64_t>(bisect.rows(), full)
                                                   : static_cast<std::int64_t>(full));
    int const upto = std::min(at + size, rows);
    auto const first = bad.lower_bound(at);
    bool const fails = first != bad.end() && *first < upto;
    if (fails && size == 1) {
      walked.found.push_back(at);
      bisect.found();
      at = upto;
    } else if (fails) {
      ++walked.failed;
      bisect.failed(upto - at);
    } else {
      ++walked.passed;
      bisect.passed(upto - at, full);
      at = upto;
    }
    if (walked.failed + walked.passed > 100 * rows) {
      ADD_FAILURE() << "it never ends";
      break;
    }
  }
  EXPECT_FALSE(bisect.on() && bad.empty());
  return walked;
}

TEST(Bisect, FindsOneBadRowWhereverItIs) {
  for (int bad = 0; bad < 1000; ++bad) {
    Walked const walked = walk(1000, 1000, {bad});
    ASSERT_EQ(walked.found, std::vector{bad});
    ASSERT_LE(walked.failed, 11) << bad;
    ASSERT_LE(walked.passed, 22) << bad;
  }
}

TEST(Bisect, FindsAllOfSeveral) {
  for (int step : {2, 3, 7, 100, 999}) {
    std::set<int> bad;
    for (int row = step; row < 5000; row += step) {
      bad.insert(row);
    }
    Walked const walked = walk(5000, 1000, bad);
    EXPECT_EQ(walked.found, std::vector<int>(bad.begin(), bad.end())) << step;
  }
}

TEST(Bisect, NeighboursCostTwoTriesEach) {
  std::set<int> bad;
  for (int row = 400; row < 500; ++row) {
    bad.insert(row);
  }
  Walked const walked = walk(1000, 1000, bad);
  EXPECT_EQ(walked.found.size(), 100U);
  EXPECT_LE(walked.failed, 110);
}

TEST(Bisect, IsOverOnceTheSizeIsFullAgain) {
  Bisect bisect;
  EXPECT_FALSE(bisect.on());
  bisect.passed(1000, 1000);
  EXPECT_FALSE(bisect.on());
  bisect.failed(8);
  EXPECT_EQ(bisect.rows(), 4);
  bisect.passed(4, 8);  // four suspects are left
  EXPECT_EQ(bisect.rows(), 2);
  bisect.failed(2);
  EXPECT_EQ(bisect.rows(), 1);
  bisect.found();
  EXPECT_EQ(bisect.rows(), 2);
  bisect.passed(2, 8);
  EXPECT_EQ(bisect.rows(), 4);
  bisect.passed(4, 8);
  EXPECT_FALSE(bisect.on());
}

TEST(Bisect, EmptyOrOneRowedBatchIsTriedAloneNext) {
  for (std::int64_t rows : {0, 1}) {
    Bisect bisect;
    bisect.failed(rows);
    EXPECT_TRUE(bisect.on());
    EXPECT_EQ(bisect.rows(), 1);
  }
}

}  // namespace
}  // namespace bellows::batcher::bisect_test
