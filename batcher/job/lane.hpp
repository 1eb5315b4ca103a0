#pragma once

#include "batcher/job/batch_sql.hpp"
#include "batcher/job/connection.hpp"
#include "batcher/job/job.hpp"
#include "batcher/job/ledger.hpp"
#include "batcher/job/perseverance.hpp"
#include "batcher/job/progress.hpp"
#include "batcher/keys/key_space.hpp"
#include "batcher/pace/pace.hpp"

#include <atomic>

namespace bellows::batcher {

/// One connection's walk over the key space: batch after batch from the checkpoint to the frozen
/// upper bound. An ordinary blocking loop on one thread.
class Lane {
 public:
  Lane(Spec const& spec, Options const& options, Surroundings const& surroundings, Stop& stop,
       Board& board);

  Outcome run();
  /// From another thread: run() ends soon, with Stopped or the failure of a cancelled statement.
  void abandon();

 private:
  /// What one batch covers: (cursor, upto].
  struct Window {
    KeyValue upto;
    std::int64_t rows = 0;
    bool last = false;
    std::optional<std::int64_t> bucket;
  };

  void open_job();
  void reread_checkpoint();
  void run_batch();
  void set_limits(postgres::Transaction& transaction) const;
  Window find_window(postgres::Transaction& transaction) const;
  /// How many rows it wrote; `waited` is what it spent on a lock.
  std::int64_t write_rows(postgres::Transaction& transaction, Range const& range,
                          std::chrono::microseconds& waited) const;
  Checkpoint after(Window const& window, std::int64_t written) const;
  void committed(Checkpoint const& next, Window const& window, std::chrono::microseconds took);
  void show() const;
  void tell(std::string_view what, std::string detail) const;
  std::string batch_name() const;

  Spec const& spec_;
  Options const& options_;
  Surroundings const& surroundings_;
  Stop& stop_;
  Board& board_;
  Connection connection_;
  Pace pace_;
  Perseverance perseverance_;

  std::atomic<bool> abandoned_ = false;
  bool opened_ = false;
  Key key_;
  KeySpace space_;
  Checkpoint checkpoint_;
  std::chrono::milliseconds lock_timeout_{200};
  std::int64_t bucket_ = -1;            // of the histogram, where the cursor stands …
  std::int64_t bucket_began_rows_ = 0;  // … and rows_scanned when it got there
};

}  // namespace bellows::batcher
