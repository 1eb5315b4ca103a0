#pragma once

#include "batcher/job/connection.hpp"
#include "batcher/job/job.hpp"
#include "batcher/job/retry.hpp"

#include <functional>
#include <string>

namespace bellows::batcher {

/// Carries a piece of work through what may pass: failed locks, timeouts, a server that restarts.
/// One thread.
class Perseverance {
 public:
  struct Hooks {
    std::function<void()> reconnected;                       // before the work, on a new connection
    std::function<void()> smaller;                           // the next try should take fewer rows
    std::function<void(std::string const&)> waiting_for;     // "" when it goes on
    std::function<bool()> abandoned = [] { return false; };  // no further try is wanted
    /// Asked where no further try helps the work as it is: a row's data, or the budget is spent.
    /// True: the work will be another one, and is tried at once with a new budget.
    std::function<bool(postgres::Failure const&)> isolate = [](postgres::Failure const&) {
      return false;
    };
  };

  Perseverance(std::string name, Connection& connection, Stop& stop,
               std::chrono::milliseconds budget, Hooks hooks);

  /// Until `work` succeeds; false when a stop was requested before it did. Throws the Failure that
  /// no retry helps, or that outlived the budget.
  [[nodiscard]] bool carry(std::function<void()> const& work);

 private:
  bool try_once(std::function<void()> const& work);
  void refuse_or_prepare(postgres::Failure const& failure);

  std::string name_;
  Connection& connection_;
  Stop& stop_;
  Hooks hooks_;
  Patience patience_;
  std::chrono::milliseconds pause_{0};
};

}  // namespace bellows::batcher
