#include "batcher/job/progress.hpp"

#include <algorithm>

namespace bellows::batcher {
namespace {

using Seconds = std::chrono::duration<double>;
constexpr Seconds window{10};
constexpr Seconds longest_forecast{365.0 * 24 * 3600};

// Nothing where the share did not move: that is not "for ever", it is unknown.
std::optional<std::chrono::seconds> time_left(double share, double moved, Seconds took) {
  if (moved <= 0 || took.count() <= 0) {
    return std::nullopt;
  }
  Seconds const left = std::min(took * ((1 - share) / moved), longest_forecast);
  return std::chrono::round<std::chrono::seconds>(left);
}

}  // namespace

Progress Meter::measure(Progress progress, Clock::time_point now) {
  Sample const sample{now, progress.rows_scanned, progress.share};
  if (!first_) {
    first_ = sample;
  }
  recent_.push_back(sample);
  while (recent_.size() > 2 && now - recent_.front().at > window) {
    recent_.pop_front();
  }
  Sample const& old = recent_.front();
  Seconds const took = now - old.at;
  progress.rows_per_second =
      took.count() > 0 ? static_cast<double>(sample.rows - old.rows) / took.count() : 0;
  if (progress.finished) {
    return progress;
  }
  auto const lately = time_left(sample.share, sample.share - old.share, took);
  auto const overall = time_left(sample.share, sample.share - first_->share, now - first_->at);
  if (lately && overall) {
    progress.eta_low = std::min(*lately, *overall);
    progress.eta_high = std::max(*lately, *overall);
  } else {
    progress.eta_low = progress.eta_high = overall;
  }
  return progress;
}

}  // namespace bellows::batcher
