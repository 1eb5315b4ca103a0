#pragma once

#include "batcher/job/progress.hpp"
#include "batcher/job/table_facts.hpp"

#include <cstdint>
#include <mutex>

namespace bellows::batcher {

/// Keeps a table from growing while a job writes it: what an UPDATE that was not HOT leaves behind
/// is room for later ones only once a VACUUM has been there. One for all lanes; thread-safe.
class Vacuum {
 public:
  /// After so many dead rows; 0: never. `share` of `rows`, but not for a trifle.
  Vacuum(double share, std::int64_t rows);

  /// Row versions that a committed batch left on pages which their successors are not on.
  void left_behind(std::int64_t rows);
  /// True for one caller, which is to run it now; the count begins anew.
  bool due();

 private:
  std::int64_t limit_;
  std::mutex mutex_;
  std::int64_t dead_ = 0;
};

/// VACUUM (INDEX_CLEANUP off, TRUNCATE off) of the table, outside any transaction. Returns whether
/// it ran: it is skipped where somebody, autovacuum most often, is at the table, and where our role
/// may not; the server then warns and does nothing. A failure is logged and nothing else, but for a
/// lost connection, which is the caller's to mend.
bool run_vacuum(postgres::Session& session, Spec const& spec);

}  // namespace bellows::batcher
