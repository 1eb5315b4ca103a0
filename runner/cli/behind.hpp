#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

/// The counterpart of sql::Ahead: what is made is used on another thread, in order, while the next
/// is made.
namespace bellows::runner {

/// One owner, who puts; `use` is called on one other thread, once for each value. What is put is
/// used, also when the owner leaves early; once a use has thrown, nothing more is.
template <typename Value>
class Behind {
 public:
  /// At most `most` values wait to be used, and half of them until somebody is woken; with 0 each
  /// is used where it is put.
  Behind(std::size_t most, std::function<void(Value)> use) : most_(most), use_(std::move(use)) {
    if (most == 0) {
      return;
    }
    try {
      user_ = std::jthread([this] { use_all(); });
    } catch (std::system_error const&) {
      return;  // no thread to be had
    }
  }
  Behind(Behind const&) = delete;
  Behind& operator=(Behind const&) = delete;
  ~Behind() { end(); }

  /// Throws what a use before has thrown.
  void put(Value value) {
    if (!user_.joinable()) {
      return use_(std::move(value));
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() < most_ || error_; });
    if (error_) {
      std::rethrow_exception(error_);
    }
    waiting_.push_back(std::move(value));
    if (2 * waiting_.size() >= most_) {  // to wake a thread for each one costs more than some uses
      changed_.notify_all();
    }
  }

  /// Until all are used, or one has thrown: throws that. Nothing is put after it.
  void finish() {
    end();
    if (error_) {
      std::rethrow_exception(error_);
    }
  }

 private:
  void end() {
    {
      std::lock_guard const lock(mutex_);
      ended_ = true;
      changed_.notify_all();
    }
    if (user_.joinable()) {
      user_.join();
    }
  }

  /// Nothing at the end.
  std::optional<Value> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_.empty() || ended_; });
    if (waiting_.empty()) {
      return std::nullopt;
    }
    std::optional<Value> value(std::move(waiting_.front()));
    waiting_.pop_front();
    changed_.notify_all();
    return value;
  }

  void use_all() {
    try {
      while (std::optional<Value> value = next()) {
        use_(std::move(*value));
      }
    } catch (...) {
      std::lock_guard const lock(mutex_);
      error_ = std::current_exception();
      changed_.notify_all();
    }
  }

  std::size_t most_;
  std::function<void(Value)> use_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Value> waiting_;
  std::exception_ptr error_;
  bool ended_ = false;
  std::jthread user_;
};

}  // namespace bellows::runner
