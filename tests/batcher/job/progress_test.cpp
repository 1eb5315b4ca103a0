#include "batcher/job/progress.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::progress_test {
namespace {

using namespace std::chrono_literals;

Progress at(std::int64_t rows, double share) {
  Progress progress;
  progress.rows_scanned = rows;
  progress.share = share;
  return progress;
}

TEST(Meter, KnowsNothingFromOneSample) {
  Meter meter;
  Progress const shown = meter.measure(at(500, 0.5), {});
  EXPECT_EQ(shown.rows_per_second, 0);
  EXPECT_EQ(shown.eta_low, std::nullopt);
  EXPECT_EQ(shown.eta_high, std::nullopt);
}

TEST(Meter, RateIsThatOfTheLastTenSeconds) {
  Meter meter;
  Meter::Clock::time_point now{};
  for (int second = 0; second <= 100; ++second) {  // slow at first, then ten times as fast
    std::int64_t const rows = second <= 50 ? second * 100 : 5000 + (second - 50) * 1000;
    Progress const shown = meter.measure(at(rows, 0), now + second * 1s);
    if (second == 100) {
      EXPECT_DOUBLE_EQ(shown.rows_per_second, 1000);
    }
  }
}

TEST(Meter, SaysNoRateForTooShortATime) {
  Meter meter;
  Meter::Clock::time_point now{};
  meter.measure(at(0, 0), now);
  Progress done = at(13'000'000, 1);
  done.finished = true;
  Progress const shown = meter.measure(done, now + 300ms);
  EXPECT_EQ(shown.rows_per_second, 0);
  EXPECT_EQ(shown.mean_rows_per_second, 0);
  EXPECT_GT(meter.measure(done, now + 1s).mean_rows_per_second, 0);
}

TEST(Meter, ForecastLiesBetweenLatelyAndAllInAll) {
  Meter meter;
  Meter::Clock::time_point now{};
  meter.measure(at(0, 0), now);
  meter.measure(at(0, 0.4), now + 80s);
  meter.measure(at(0, 0.4), now + 90s);
  Progress const shown = meter.measure(at(0, 0.5), now + 100s);  // lately twice as fast
  EXPECT_EQ(shown.eta_low, 50s);
  EXPECT_EQ(shown.eta_high, 100s);
}

TEST(Meter, StandstillIsNotForEver) {
  Meter meter;
  meter.measure(at(0, 0.3), {});
  EXPECT_EQ(meter.measure(at(0, 0.3), Meter::Clock::time_point(60s)).eta_high, std::nullopt);
}

TEST(Meter, NothingIsLeftOfAFinishedJob) {
  Meter meter;
  meter.measure(at(0, 0.5), {});
  Progress done = at(10, 1);
  done.finished = true;
  EXPECT_EQ(meter.measure(done, Meter::Clock::time_point(1s)).eta_low, std::nullopt);
}

}  // namespace
}  // namespace bellows::batcher::progress_test
