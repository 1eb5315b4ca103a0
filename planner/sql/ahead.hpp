#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
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
/// None is made that is more than `reach` ahead of what is taken, so that few are kept.
template <typename Value>
class Ahead {
 public:
  static constexpr std::size_t all = std::numeric_limits<std::size_t>::max() / 2;

  Ahead(std::size_t count, std::size_t helpers, std::function<Value(std::size_t)> make,
        std::size_t reach = all)
      : make_(std::move(make)), reach_(reach), count_(count), made_(std::min(count, reach + 1)) {
    try {
      for (std::size_t i = 0; i < helpers; ++i) {
        helpers_.emplace_back([this] { make_all(); });
      }
    } catch (std::system_error const&) {
      return;  // no thread to be had: the owner makes what nobody else does
    }
  }
  Ahead(Ahead const&) = delete;
  Ahead& operator=(Ahead const&) = delete;
  ~Ahead() {  // what is begun is waited for, by the threads
    std::lock_guard const lock(mutex_);
    next_ = count_;
    changed_.notify_all();
  }

  /// Value `at`, each once, in order. Throws what its making threw.
  Value take(std::size_t at) {
    std::unique_lock lock(mutex_);
    taken_ = at;
    if (next_ <= at + reach_ / 2) {  // who is far ahead is not woken for each one
      tell();
    }
    while (!made(at).is_ready()) {
      if (!make_next(lock)) {
        wait(lock);
      }
    }
    Made taken = std::exchange(made(at), {});
    if (taken.error) {
      std::rethrow_exception(taken.error);
    }
    return std::move(*taken.value);
  }

 private:
  struct Made {
    std::optional<Value> value;
    std::exception_ptr error;
    bool is_ready() const { return value || error; }
  };

  /// Its place was that of one that is taken.
  Made& made(std::size_t at) { return made_[at % made_.size()]; }

  /// False where there is nothing to make now. The lock is not held while it is made.
  bool make_next(std::unique_lock<std::mutex>& lock) {
    if (next_ >= count_ || next_ > taken_ + reach_) {
      return false;
    }
    std::size_t const at = next_++;
    lock.unlock();
    Made one;
    try {
      one.value = make_(at);
    } catch (...) {
      one.error = std::current_exception();
    }
    lock.lock();
    made(at) = std::move(one);
    tell();
    return true;
  }

  void make_all() {
    std::unique_lock lock(mutex_);
    while (next_ < count_) {
      if (!make_next(lock)) {
        wait(lock);
      }
    }
  }

  void wait(std::unique_lock<std::mutex>& lock) {
    ++waiting_;
    changed_.wait(lock);
    --waiting_;
  }

  void tell() {
    if (waiting_ > 0) {
      changed_.notify_all();
    }
  }

  std::function<Value(std::size_t)> make_;
  std::size_t reach_;
  std::size_t count_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // All of these under the mutex:
  std::vector<Made> made_;  // those within reach, in turns
  std::size_t next_ = 0;
  std::size_t taken_ = 0;
  std::size_t waiting_ = 0;
  std::vector<std::jthread> helpers_;  // the first to go: they use all the others
};

}  // namespace bellows::sql
