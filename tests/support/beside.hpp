#pragma once

#include <exception>
#include <functional>
#include <thread>

namespace bellows::test {

/// Work on a thread of its own beside the test. However the test ends, by an exception too, it is
/// joined; so that this does not last for ever, `release` lets go of all that the work may wait
/// for: a lock that the test holds, a job that runs until it is told otherwise.
class Beside {
 public:
  explicit Beside(
      std::function<void()> const& work, std::function<void()> release = [] {});
  Beside(Beside const&) = delete;
  Beside& operator=(Beside const&) = delete;
  /// Releases and joins; what the work threw and nobody has asked for fails the test.
  ~Beside();

  /// Waits for its end, and rethrows what it threw.
  void join();

 private:
  std::function<void()> release_;
  std::exception_ptr failure_;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace bellows::test
