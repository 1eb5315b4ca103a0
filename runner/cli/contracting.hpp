#pragma once

#include "planner/plan/yaml.hpp"
#include "runner/cli/command.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/dead_letters.hpp"
#include "runner/rollout/journaled.hpp"
#include "runner/rollout/step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <string>

/// What `contract` means to do, and what it makes of those that can't be contracted now.
namespace bellows::runner {

/// The gate that --force names counts as passed, for the reason that is given.
inline void force_gate(Run& run, MigrationRow const& row, Options const& options) {
  std::string const& gate = options.text("force");
  if (gate.empty()) {
    return;
  }
  if (options.text("because").empty()) {
    throw UsageError("--force wants a reason: --because TEXT");
  }
  plan::Plan const plan = plan::from_yaml(row.plan);
  auto const step = std::ranges::find(plan.contract, gate, &plan::Step::id);
  if (step == plan.contract.end() || !std::holds_alternative<plan::Gate>(step->action)) {
    throw UsageError(fmt::format("{} has no gate {}", row.name, gate));
  }
  run.write([&](postgres::Transaction&, Journal& journal) {
    journal.event(row.name, gate, "gate forced", options.text("because"));
    journal.step(row.name, gate, StepState::Done);
  });
}

inline bool is_due(MigrationRow const& row) {
  return row.state == State::Backfilled || row.state == State::Contracting ||
         (row.state == State::Failed && row.phase == Phase::Contract);
}

/// Of those that are named before anything is changed.
inline void check_comes_after_backfill(Run& run, MigrationRow const& row) {
  if (!is_due(row) && row.state != State::Contracted) {
    throw ProjectError(
        fmt::format("{} is {}: contract comes after its backfill", row.name, to_string(row.state)),
        how_to_go_on(run.session(), row));
  }
}

/// What keeps one back keeps no other back; its exception is told, or gives the exit code.
class Held {
 public:
  template <typename Work>
  void by(Console& console, std::string const& name, Work const& work) {
    try {
      work();
    } catch (GateClosed const& closed) {
      note(console, name, closed.what(), closed.next);
    } catch (Unconfirmed const& refused) {
      note(console, name, refused.what(), refused.next);
    }
  }
  bool any() const { return last_ != nullptr; }
  void rethrow() const {
    if (last_) {
      std::rethrow_exception(last_);
    }
  }

 private:
  /// The last one is told as the command ends.
  void note(Console& console, std::string const& name, std::string const& why,
            std::string const& next) {
    if (last_) {
      console.say(told_);
    }
    told_ = fmt::format("{} stays expanded: {}\n  next: {}", name, why, next);
    last_ = std::current_exception();
  }

  std::exception_ptr last_;
  std::string told_;
};

}  // namespace bellows::runner
