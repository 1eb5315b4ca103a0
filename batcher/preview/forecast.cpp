#include "batcher/preview/preview.hpp"

#include <algorithm>

namespace bellows::batcher {
namespace {

// Beside the UPDATE itself: the commit, the checkpoint, the looks at the server.
constexpr double overhead = 1.2;

struct Interval {
  double low = 0;
  double high = 0;
  bool empty = true;

  void take(double from, double upto) {
    low = empty ? from : std::min(low, from);
    high = empty ? upto : std::max(high, upto);
    empty = false;
  }
};

/// What is scanned costs as the places without such a row do, what is written as the others.
Forecast of_few(Preview const& preview, double expected) {
  Interval scanned;
  Interval written;
  Interval wal;
  for (Sampled const& sample : preview.samples) {
    auto const rows = static_cast<double>(std::max<std::int64_t>(sample.written, 1));
    if (sample.written > 0) {
      written.take(sample.milliseconds / rows, sample.milliseconds_cold / rows);
      wal.take(static_cast<double>(sample.wal_bytes) / rows,
               static_cast<double>(sample.wal_bytes) / rows);
    } else if (sample.scanned > 0) {
      auto const read = static_cast<double>(sample.scanned);
      scanned.take(sample.milliseconds / read, sample.milliseconds_cold / read);
    }
  }
  constexpr double images = 4 * 8192.0;  // of the pages that one row's write touches
  auto const all = static_cast<double>(preview.rows);
  return Forecast{(all * scanned.low + expected * written.low) / 1000,
                  (all * scanned.high + expected * written.high) / 1000 * overhead,
                  expected * wal.low, expected * (wal.high + images), expected};
}

}  // namespace

std::optional<Forecast> forecast(Preview const& preview) {
  Interval time;
  Interval wal;
  double scanned = 0;
  double written = 0;
  for (Sampled const& sample : preview.samples) {
    if (sample.scanned == 0) {
      continue;
    }
    auto const rows = static_cast<double>(sample.scanned);
    auto const bytes = static_cast<double>(sample.wal_bytes);
    time.take(sample.milliseconds / rows, sample.milliseconds_cold / rows);
    wal.take(bytes / rows, bytes / rows);
    scanned += rows;
    written += static_cast<double>(sample.written);
  }
  if (time.empty) {
    return std::nullopt;
  }
  if (preview.expected_rows) {
    return of_few(preview, *preview.expected_rows);
  }
  auto const all = static_cast<double>(preview.rows);
  // Stripes need about half of the log and of the time; once after each checkpoint every page's
  // image is in the log as well.
  double const thrift = preview.stripes ? 0.5 : 1.0;
  auto const images = static_cast<double>(preview.heap_bytes + preview.index_bytes);
  return Forecast{all * time.low / 1000 * thrift, all * time.high / 1000 * overhead,
                  all * wal.low * thrift, all * wal.high + images, all * written / scanned};
}

}  // namespace bellows::batcher
