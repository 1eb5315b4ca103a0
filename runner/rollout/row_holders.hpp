#pragma once

#include "planner/sql/identifier.hpp"
#include "runner/rollout/holds.hpp"
#include "runner/rollout/run.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace bellows::runner {

/// Who may have locked the rows that a backfill waits for: whoever holds a lock on the whole table
/// that no batch gets by, else the oldest transaction that has written to the table, or locked rows
/// of it, and is none of ours. Looked for once a second, on the run's
/// own session, which has nothing else to do while a backfill works.
class RowHolders {
 public:
  RowHolders(Run& run, std::string job, sql::QualifiedName table)
      : run_(run), job_(std::move(job)), table_(std::move(table)) {}

  Hold find();

 private:
  Hold look();
  std::optional<ddl::Blocker> holder_against(locks::Mode mode);

  Run& run_;
  std::string job_;
  sql::QualifiedName table_;
  std::chrono::steady_clock::time_point looked_at_{};
  std::optional<Hold> found_;
};

}  // namespace bellows::runner
