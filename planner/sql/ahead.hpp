#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

/// What is read on all cores, taken in order: while one value is used, those behind it are made.
namespace bellows::sql {

/// At least 1.
inline std::size_t cores() {
  static std::size_t const count =  // it opens a file of /sys to count them
      std::max(1U, std::thread::hardware_concurrency());
  return count;
}

/// One owner, who takes; `make` is called from several threads, once for each index, and must bear
/// that. Each makes the next one that nobody has begun: some take long, and often every other one.
template <typename Value>
class Ahead {
 public:
  Ahead(std::size_t count, std::size_t helpers, std::function<Value(std::size_t)> make)
      : make_(std::move(make)), made_(count) {
    try {
      for (std::size_t i = 0; i < helpers; ++i) {
        helpers_.push_back(std::async(std::launch::async, [this] { make_all(); }));
      }
    } catch (std::system_error const&) {
      return;  // no thread to be had: the owner makes what nobody else does
    }
  }
  Ahead(Ahead const&) = delete;
  Ahead& operator=(Ahead const&) = delete;
  ~Ahead() { next_ = made_.size(); }  // what is begun is waited for, by the futures

  /// Value `at`, each once. Throws what its making threw.
  Value take(std::size_t at) {
    std::future<Value> value = made_[at].get_future();
    while (value.wait_for(std::chrono::seconds(0)) != std::future_status::ready && make_next()) {
    }
    return value.get();
  }

 private:
  bool make_next() {
    std::size_t const at = next_++;
    if (at >= made_.size()) {
      return false;
    }
    try {
      made_[at].set_value(make_(at));
    } catch (...) {
      made_[at].set_exception(std::current_exception());
    }
    return true;
  }

  void make_all() {
    while (make_next()) {
    }
  }

  std::function<Value(std::size_t)> make_;
  std::vector<std::promise<Value>> made_;
  std::atomic<std::size_t> next_ = 0;
  std::vector<std::future<void>> helpers_;  // the first to go: they use all the others
};

}  // namespace bellows::sql
