#include "batcher/preview/preview.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::forecast_test {
namespace {

Preview sampled(std::vector<Sampled> samples) {
  Preview preview;
  preview.rows = 1'000'000;
  preview.samples = std::move(samples);
  return preview;
}

Sampled place(std::int64_t scanned, std::int64_t written, double warm, double cold,
              std::int64_t wal) {
  Sampled sample;
  sample.scanned = scanned;
  sample.written = written;
  sample.milliseconds = warm;
  sample.milliseconds_cold = cold;
  sample.wal_bytes = wal;
  return sample;
}

TEST(Forecast, IsAnIntervalFromTheCheapestPlaceToTheDearest) {
  auto const expected =
      forecast(sampled({place(100, 100, 1, 2, 50'000), place(100, 50, 3, 6, 70'000)}));
  ASSERT_TRUE(expected.has_value());
  EXPECT_DOUBLE_EQ(expected->seconds_low, 10);         // 10 µs a row
  EXPECT_DOUBLE_EQ(expected->seconds_high, 60 * 1.2);  // 60 µs a row, cold, and what goes with it
  EXPECT_DOUBLE_EQ(expected->wal_bytes_low, 500e6);
  EXPECT_DOUBLE_EQ(expected->wal_bytes_high, 700e6);
  EXPECT_DOUBLE_EQ(expected->rows, 750'000);
}

TEST(Forecast, StripesHalveTheLowerEndOnly) {
  Preview preview = sampled({place(100, 100, 1, 2, 50'000)});
  preview.stripes = true;
  auto const expected = forecast(preview);
  EXPECT_DOUBLE_EQ(expected->seconds_low, 5);
  EXPECT_DOUBLE_EQ(expected->wal_bytes_low, 250e6);
  EXPECT_DOUBLE_EQ(expected->wal_bytes_high, 500e6);
}

TEST(Forecast, EveryPageMayBeInTheLogOnce) {
  Preview preview = sampled({place(100, 100, 1, 2, 50'000)});
  preview.heap_bytes = 100'000'000;
  preview.index_bytes = 1'000'000;
  EXPECT_DOUBLE_EQ(forecast(preview)->wal_bytes_high, 601e6);
}

/// The places of a sample have none of the rows; how many there are the server estimates.
TEST(Forecast, OfFewRowsCountsWhatIsWrittenApart) {
  Preview preview = sampled({place(100, 0, 1, 2, 0), place(100, 10, 2, 4, 5'000)});
  preview.expected_rows = 50;
  auto const expected = forecast(preview);
  EXPECT_DOUBLE_EQ(expected->rows, 50);
  EXPECT_DOUBLE_EQ(expected->seconds_low, (1'000'000 * 0.01 + 50 * 0.2) / 1000);
  EXPECT_DOUBLE_EQ(expected->wal_bytes_low, 25'000);
  preview.expected_rows = 0;
  EXPECT_DOUBLE_EQ(forecast(preview)->rows, 0);
  EXPECT_DOUBLE_EQ(forecast(preview)->wal_bytes_high, 0);
}

TEST(Forecast, NothingWithoutASample) {
  EXPECT_FALSE(forecast(sampled({})).has_value());
  EXPECT_FALSE(forecast(sampled({place(0, 0, 0, 0, 0)})).has_value());
}

}  // namespace
}  // namespace bellows::batcher::forecast_test
