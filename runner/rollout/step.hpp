#pragma once

#include "planner/plan/plan.hpp"
#include "runner/ledger/store.hpp"
#include "runner/rollout/run.hpp"

#include <map>
#include <stdexcept>
#include <string>

namespace bellows::runner {

/// A step could not be carried out; nothing of it is left.
class StepFailed : public std::runtime_error {
 public:
  StepFailed(std::string const& message, std::string which, std::string state,
             std::string what_next)
      : std::runtime_error(message),
        step(std::move(which)),
        sqlstate(std::move(state)),
        next(std::move(what_next)) {}
  std::string step;
  std::string sqlstate;
  std::string next;              // what to do; empty: just resume
  std::string statement;         // the one that the server refused; empty: it was not a statement
  std::string migration;         // set by advance()
  bool untouched = false;        // it found so before its statement: the step has left nothing
  bool nothing_changed = false;  // set by advance(): no step of the migration is done
  std::string place;             // set by the command line: "migrations/….sql:3:1: ", or empty
};

/// A gate that did not open in time.
class GateClosed : public std::runtime_error {
 public:
  GateClosed(std::string const& message, std::string what_next)
      : std::runtime_error(message), next(std::move(what_next)) {}
  std::string next;  // what to type
};

/// Carries out one step that the journal does not call done, and journals it: in the step's own
/// transaction where it has one, so that the effect and the note of it are there or not together.
/// Throws StepFailed, GateClosed, ddl::Interrupted, LeaseLost.
void run_step(Run& run, std::string const& migration, plan::Step const& step);

/// Takes a step back that began; does nothing when nothing of it is there.
void undo_step(Run& run, std::string const& migration, plan::Step const& step);

/// The name of a batch step's job in the ledger.
std::string job_id(std::string const& migration, plan::Step const& step);

}  // namespace bellows::runner
