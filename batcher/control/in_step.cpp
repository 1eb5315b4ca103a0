#include "batcher/control/in_step.hpp"

#include <algorithm>

namespace bellows::batcher {
namespace {

constexpr auto ended_look = std::chrono::milliseconds(50);  // whether it has ended

}  // namespace

void InStep::begins(int lane) {
  std::lock_guard const lock(mutex_);
  under_way_[lane] = ++count_;
}

void InStep::ends(int lane) {
  std::lock_guard const lock(mutex_);
  if (under_way_.erase(lane) == 0) {
    return;
  }
  auto& older = older_[lane];
  older.clear();
  for (auto const& [other, number] : under_way_) {
    older.push_back(number);
  }
  ended_.notify_all();
}

void InStep::await_older(int lane, std::chrono::microseconds most,
                         std::function<bool()> const& ended) {
  auto const until = std::chrono::steady_clock::now() + most;
  std::unique_lock lock(mutex_);
  auto const& older = older_[lane];
  auto const all_over = [&] {
    return std::none_of(under_way_.begin(), under_way_.end(), [&](auto const& each) {
      return std::find(older.begin(), older.end(), each.second) != older.end();
    });
  };
  while (!all_over() && !ended() && std::chrono::steady_clock::now() < until) {
    ended_.wait_until(lock, std::min(until, std::chrono::steady_clock::now() + ended_look));
  }
}

}  // namespace bellows::batcher
