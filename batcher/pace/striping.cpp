#include "batcher/pace/striping.hpp"

#include <algorithm>

namespace bellows::batcher {
namespace {

constexpr int stripes_when_locking = 8;
constexpr std::int64_t fewest_rows = 50;  // a stripe: less is not worth a commit
constexpr double least_share = 0.4;       // of HOT updates, below which it does not pay
constexpr int first_rest = 8;             // ranges written whole before the next try …
constexpr int longest_rest = 64;          // … twice as many after each try that failed

}  // namespace

Striping::Striping(int wanted, bool pays) : wanted_(wanted), pays_(pays), next_rest_(first_rest) {}

int Striping::choose(std::int64_t rows, bool locking) const {
  if (wanted_ >= 1) {
    return wanted_;
  }
  if (!pays_ || whole_for_ > 0 || rows < fewest_rows) {
    return 1;
  }
  return locking ? stripes_when_locking : fewest;
}

void Striping::updated(std::int64_t rows, std::int64_t hot) {
  rows_ += rows;
  hot_ += hot;
}

bool Striping::range_done(bool in_stripes) {
  whole_for_ = std::max(0, whole_for_ - 1);
  bool good = true;
  if (in_stripes && rows_ > 0) {  // none where the server does not count (track_counts)
    good = static_cast<double>(hot_) >= least_share * static_cast<double>(rows_);
    whole_for_ = good ? 0 : next_rest_;
    next_rest_ = good ? first_rest : std::min(2 * next_rest_, longest_rest);
  }
  rows_ = hot_ = 0;
  return good;
}

}  // namespace bellows::batcher
