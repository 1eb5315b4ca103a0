#pragma once

#include "batcher/control/brake.hpp"
#include "batcher/control/controls.hpp"
#include "batcher/signals/gauges.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace bellows::batcher {

/// By what a job's pace is governed.
struct Steering {
  std::optional<SignalOptions> signals;   // nothing: the server is not watched
  bool controls = false;                  // obey bellows.controls, share its budget
  Rates rates;                            // of this job
  std::chrono::milliseconds patience{0};  // held for so long at a stretch: give up; 0: never
};

/// Watches the server and the orders to a job, on a connection and a thread of its own, and tells
/// the lanes when to begin their next batch. A look a second, in one statement; sessions that wait
/// for a batch of ours are looked for four times a second, but only while one takes long. Such a
/// batch is cancelled at once. All of it may fail: what cannot be read holds the job after a grace
/// period. Lanes call it from their threads.
class Governor {
 public:
  struct World {
    std::string conninfo;
    std::string job;
    std::string orders_of = {};  // another job, whose orders it obeys; empty: its own
    /// Lines for people, when something begins or ceases to hold the job. From the own thread; what
    /// it throws is logged.
    std::function<void(std::string const&)> say = [](std::string const&) {};
    /// The patience is spent, and on what. From the own thread.
    std::function<void(std::string const&)> give_up = [](std::string const&) {};
  };

  Governor(World world, Steering const& steering, std::chrono::milliseconds pause);
  Governor(Governor const&) = delete;
  Governor& operator=(Governor const&) = delete;
  ~Governor();

  /// Starts to look, where there is anything to look at. Until the first look nothing begins.
  /// `relations`: the table or its partitions, an oid[] literal.
  void begin(std::string const& relations);

  /// Before a batch: 0 lets it begin; else ask again after that time or sooner.
  Brake::Wait wait(int lane);
  struct Batch {
    int pid;  // of the server process that runs its transaction
    /// The server's newest transaction number, as it began; nothing: it will not write.
    std::optional<std::int64_t> newest;
    bool could_be_smaller;
    /// May be called until rested(), from the own thread, where it could be smaller.
    std::function<void()> cancel;
    int takes = 1;  // transaction numbers: one more for a savepoint
  };
  /// In a batch's transaction, before it writes.
  void working(int lane, Batch batch);
  /// The batch is over. Its rows, and the server's WAL position as it began and ended: what several
  /// lanes' batches have in common is counted once.
  void rested(int lane, double rows, std::int64_t wal_from, std::int64_t wal_upto,
              std::chrono::microseconds took);
  /// It failed, or has no figures.
  void rested(int lane);
  /// Before a further stripe: see InStep::await_older().
  void await_older_batches(int lane, std::chrono::microseconds most,
                           std::function<bool()> const& ended);

  /// A range was written in stripes and hardly any row found room in place: who is to blame is
  /// told, and waited for where the options say so (control/kept_rows.hpp).
  void rows_stayed();
  /// Grows each time that one who was waited for has gone.
  int rows_may_go() const;

  /// Others write on the server (pace/company.hpp).
  bool company() const;
  /// A batch should not have more, where so many lanes write.
  std::optional<std::int64_t> most_rows(int lanes) const;
  Orders orders() const;
  PaceState state() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bellows::batcher
