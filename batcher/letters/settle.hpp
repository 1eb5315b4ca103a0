#pragma once

#include "batcher/control/governor.hpp"
#include "batcher/job/batch_limits.hpp"
#include "batcher/job/connection.hpp"
#include "batcher/job/open_job.hpp"
#include "batcher/job/perseverance.hpp"
#include "batcher/job/progress.hpp"
#include "batcher/letters/letters.hpp"

#include <functional>

namespace bellows::batcher {

/// Tries the rows in the dead letters once more, those and no others, each in a transaction that
/// also removes its letter; a row that is gone, or that the predicate no longer takes, has nothing
/// to be written. A row that was noted by its place, not by a key, is looked for by another walk
/// over the pages instead. A row that fails again keeps its letter, with the newer error. Each
/// waits for the governor's leave, as a batch does. One thread; all references outlive it.
class Settling {
 public:
  Settling(Spec const& spec, Options const& options, Surroundings const& surroundings, Stop& stop,
           Board& board, OpenJob const& job, Governor& governor, Connection& connection);

  /// False: stopped before the last one. Throws as run_job() does.
  [[nodiscard]] bool run(std::function<bool()> const& abandoned);

 private:
  bool await_turn(std::function<bool()> const& abandoned);
  void read();
  void settle(Letter const& letter);
  std::int64_t write(postgres::Transaction& transaction, Letter const& letter) const;
  bool is_the_rows(postgres::Failure const& failure) const;
  void tell(std::string_view what, Letter const& letter) const;

  Spec const& spec_;
  Options const& options_;
  Surroundings const& surroundings_;
  Stop& stop_;
  Board& board_;
  OpenJob const& job_;
  Governor& governor_;
  Connection& connection_;
  Limits limits_;
  std::vector<Letter> letters_;
  bool given_up_ = false;  // on the row at hand, should it be busy once more
};

}  // namespace bellows::batcher
