#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/sql/identifier.hpp"
#include "runner/rollout/old_write_counters.hpp"
#include "runner/rollout/step.hpp"

#include <chrono>
#include <string>
#include <vector>

/// Whether the application's writes still go once a step's statements are done: a real row is
/// updated, inserted and deleted before and after them, in the step's own transaction. Each write
/// is a savepoint that is rolled back, with SET CONSTRAINTS ALL IMMEDIATE inside. What a rollback
/// does not take back is a sequence's nextval(), but for the counters of contract's gates, and a
/// call to outside.
namespace bellows::runner {

/// A write that went before the statements and that the server refuses after them.
class TrialFailed : public StepFailed {
 public:
  using StepFailed::StepFailed;
};

/// Of the tables that have triggers of the user's, or partitions and children that do: where nobody
/// reacts to a write, there is nothing to find out. For one attempt of one step.
class Trial {
 public:
  using milliseconds = std::chrono::milliseconds;

  /// `transaction` must outlive it. `time`: the most that all writes before, and again all writes
  /// after, may take; strong locks are held.
  Trial(postgres::Transaction& transaction, std::string step, milliseconds time)
      : transaction_(transaction), step_(std::move(step)), time_(time) {}

  /// A table that is not there is passed over.
  void before(std::vector<sql::QualifiedName> const& tables);
  /// Throws TrialFailed.
  void after();
  /// A line each, for people: what could not be tried, and why.
  std::vector<std::string> const& not_tried() const { return not_tried_; }

 private:
  struct Write {
    std::string table;  // quoted
    std::string words;  // "an UPDATE"
    std::string sql;
    bool must_write = false;  // it does nothing where it touches no row
  };
  struct Target;

  std::vector<Target> targets_of(sql::QualifiedName const& table);
  void try_target(Target const& target);
  void try_update(Target const& target, std::string const& row);
  void try_insert(Target const& target, std::vector<std::string> const& rows);
  void try_delete(Target const& target, std::vector<std::string> const& rows);
  std::vector<std::string> rows_of(Target const& target);
  /// Keeps the first that goes; tells the first one's refusal when none does.
  void keep_first(std::vector<Write> const& choices);
  /// Why it did not go; empty when it did.
  std::string attempt(Write const& write, std::string* sqlstate = nullptr, bool* refused = nullptr);
  std::string trigger_in(std::string const& table, std::string const& message);
  [[noreturn]] void fail(Write const& write, std::string const& sqlstate,
                         std::string const& message);
  void begin_round();

  postgres::Transaction& transaction_;
  std::string step_;
  milliseconds time_;
  std::chrono::steady_clock::time_point deadline_;
  std::vector<sql::QualifiedName> tables_;
  OldWriteCounters counters_;  // as this round found them
  std::vector<Write> went_;
  std::vector<std::string> not_tried_;
};

}  // namespace bellows::runner
