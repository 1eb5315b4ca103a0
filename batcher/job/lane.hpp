#pragma once

#include "batcher/job/batch_limits.hpp"
#include "batcher/job/batch_sql.hpp"
#include "batcher/job/connection.hpp"
#include "batcher/job/job.hpp"
#include "batcher/job/open_job.hpp"
#include "batcher/job/page_windows.hpp"
#include "batcher/job/perseverance.hpp"
#include "batcher/job/progress.hpp"
#include "batcher/job/split.hpp"
#include "batcher/job/vacuum.hpp"
#include "batcher/job/windows.hpp"
#include "batcher/job/writer.hpp"
#include "batcher/letters/bisect.hpp"
#include "batcher/letters/breaker.hpp"
#include "batcher/pace/pace.hpp"

#include <atomic>
#include <memory>

namespace bellows::batcher {

/// One connection's walk over its part of the key space: batch after batch from the checkpoint to
/// the lane's upper bound. An ordinary blocking loop on one thread. All references outlive it.
class Lane {
 public:
  Lane(Spec const& spec, Options const& options, Surroundings const& surroundings, Stop& stop,
       Board& board, OpenJob const& job, Vacuum& vacuum, Governor& governor, Breaker& breaker,
       Checkpoint checkpoint, std::unique_ptr<Connection> connection);

  Outcome run();
  /// Once run() has ended.
  Connection& connection() { return *connection_; }
  /// From another thread: run() ends after the batch at hand; what is left is for another lane.
  void park() { parked_ = true; }
  /// From another thread: between two batches the lane divides what it has left, and tells
  /// `on_split` of the new half, or of none; from its own thread.
  void want_split() { split_wanted_ = true; }
  bool split_wanted() const { return split_wanted_; }
  void on_split(std::function<void(std::optional<Checkpoint> const&)> tell) {
    on_split_ = std::move(tell);
  }
  /// Once run() has ended.
  Checkpoint const& checkpoint() const { return checkpoint_; }
  /// From another thread: run() ends soon, with Stopped or the failure of a cancelled statement.
  void abandon();

 private:
  void reread_checkpoint();
  /// Until the governor lets the next batch begin; false: stopped or abandoned.
  bool await_turn();
  void follow_orders();
  /// Others write on the server, and are to be spared.
  bool spares_others() const;
  void split_when_asked();
  std::optional<Split> divide();
  void run_batch();
  void vacuum_when_due();
  Wanted wanted() const;
  template <typename Do>
  auto windows(Do const& work) {
    return std::visit(work, windows_);
  }
  void observe_updates(Updates const& before, Updates const& after, Batch const& batch);
  void committed(Batch const& batch, Written const& written, std::chrono::microseconds took);
  void gave_way();
  bool isolate(postgres::Failure const& failure);
  bool is_the_rows(postgres::Failure const& failure) const;
  bool may_be_lone(Batch const& batch) const;
  void show() const;
  void tell(std::string_view what, std::string detail) const;
  std::string batch_name() const;

  Spec const& spec_;
  Options const& options_;
  Surroundings const& surroundings_;
  Stop& stop_;
  Board& board_;
  OpenJob const& job_;
  Vacuum& vacuum_;
  Governor& governor_;
  Breaker& breaker_;
  std::unique_ptr<Connection> connection_;
  Limits limits_;
  Pace pace_;
  Quiet quiet_;
  std::variant<Windows, PageWindows> windows_;
  Writer writer_;
  Bisect bisect_;
  Perseverance perseverance_;

  std::atomic<bool> abandoned_ = false;
  std::atomic<bool> parked_ = false;
  std::atomic<bool> split_wanted_ = false;
  std::function<void(std::optional<Checkpoint> const&)> on_split_ =
      [](std::optional<Checkpoint> const&) {};
  Checkpoint checkpoint_;
  bool lone_ = false;               // this batch updates without locking first
  std::int64_t tried_rows_ = 0;     // of the key space, by the batch at hand
  bool has_rows_ = false;           // they are known: what fails from here on is about them
  bool tried_one_ = false;          // it is one row, in a savepoint
  bool given_up_ = false;           // on the next row, should it be busy once more
  int busy_rows_ = 0;               // that were given up since one was written
  std::int64_t wal_from_ = 0;       // the server's position as the batch began …
  std::int64_t wal_upto_ = 0;       // … and as it ended
  std::optional<double> row_cost_;  // microseconds, of the last batch, beside its fixed part
  std::chrono::microseconds last_took_{0};
  int rows_may_go_ = 0;  // as the governor had it last
};

}  // namespace bellows::batcher
