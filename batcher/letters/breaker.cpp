#include "batcher/letters/breaker.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {

void Breaker::committed(std::int64_t written, bool set_aside) {
  std::lock_guard const lock(mutex_);
  Sample const sample{std::min(written, window), set_aside ? 1 : 0};  // one batch is one window
  written_ += written;
  letters_ += sample.letters;
  recent_.push_back(sample);
  sum_ = {sum_.written + sample.written, sum_.letters + sample.letters};
  while (sum_.rows() - recent_.front().rows() >= window) {
    sum_ = {sum_.written - recent_.front().written, sum_.letters - recent_.front().letters};
    recent_.pop_front();
  }
}

std::optional<std::string> Breaker::refuses() const {
  std::lock_guard const lock(mutex_);
  std::int64_t const letters = letters_ + 1;
  if (letters > limit_.value_or(most)) {
    return fmt::format("{} rows are in the dead letters already, which is the limit", letters_);
  }
  if (limit_) {
    return std::nullopt;
  }
  if (written_ == 0 && letters >= first_rows) {
    return fmt::format("not one of the first {} rows could be written", letters);
  }
  std::int64_t const lately = sum_.letters + 1;
  std::int64_t const rows = sum_.rows() + 1;
  if (rows >= fewest_rows && lately * share > rows) {
    return fmt::format("{} of the last {} rows could not be written", lately, rows);
  }
  return std::nullopt;
}

}  // namespace bellows::batcher
