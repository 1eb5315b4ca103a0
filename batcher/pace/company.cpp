#include "batcher/pace/company.hpp"

#include <algorithm>

namespace bellows::batcher {
namespace {

// Batches that failed before they took a number: what they leave must not hide company for long.
constexpr std::int64_t most_unseen = 64;

}  // namespace

void Company::batch_begins(std::int64_t newest, Clock::time_point now, int takes) {
  if (newest_) {
    std::int64_t const taken = std::max<std::int64_t>(newest - *newest_, 0);
    std::int64_t const by_others = std::max<std::int64_t>(taken - ours_, 0);
    ours_ = std::max<std::int64_t>(ours_ - taken, 0);
    double const seconds = std::chrono::duration<double>(now - at_).count();
    level_ = std::clamp(level_ + static_cast<double>(by_others) - background * seconds, 0.0, most);
  }
  newest_ = newest;
  at_ = now;
  ours_ = std::min(ours_ + takes, most_unseen);
  here_ = here_ ? level_ > 0 : level_ >= enough;
}

}  // namespace bellows::batcher
