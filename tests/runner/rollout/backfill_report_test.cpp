#include "runner/rollout/backfill_report.hpp"

#include <gtest/gtest.h>

namespace bellows::runner::backfill_report_test {
namespace {

TEST(BackfillReport, TellsWhatIsKnown) {
  batcher::Progress done;
  EXPECT_EQ(backfill_report(done), "");
  done.heap_growth = 0.214;
  done.index_growth = -0.01;
  EXPECT_EQ(backfill_report(done), "heap +21 %, indexes -1 %");
  done.hot = 0.96;
  done.vacuums = 2;
  EXPECT_EQ(backfill_report(done),
            "96 % of the updates were HOT; VACUUM ran twice; heap +21 %, indexes -1 %");
  done.vacuums = 13;
  EXPECT_NE(backfill_report(done).find("VACUUM ran 13 times"), std::string::npos);
  done.vacuums = 0;
  done.vacuums_skipped = 1;
  EXPECT_EQ(backfill_report(done).find("VACUUM ran"), std::string::npos);
  EXPECT_NE(backfill_report(done).find("VACUUM was skipped once"), std::string::npos);
}

}  // namespace
}  // namespace bellows::runner::backfill_report_test
