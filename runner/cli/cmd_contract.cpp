#include "planner/plan/yaml.hpp"
#include "runner/cli/command.hpp"
#include "runner/cli/confirmed.hpp"
#include "runner/cli/kept_limits.hpp"
#include "runner/cli/outcome.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/dead_letters.hpp"
#include "runner/rollout/file_gone.hpp"
#include "runner/rollout/gate.hpp"
#include "runner/rollout/journaled.hpp"
#include "runner/rollout/outlook_facts.hpp"
#include "runner/rollout/rolled_back.hpp"
#include "runner/rollout/step.hpp"
#include "runner/rollout/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

/// contract: takes the old names away, of all migrations that are due or of those that are named.
namespace bellows::runner {
namespace {

/// The gate that --force names counts as passed, for the reason that is given.
void force_gate(Run& run, MigrationRow const& row, Options const& options) {
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

bool is_due(MigrationRow const& row) {
  return row.state == State::Backfilled || row.state == State::Contracting ||
         (row.state == State::Failed && row.phase == Phase::Contract);
}

/// Of those that are named before anything is changed.
void check_comes_after_backfill(Run& run, MigrationRow const& row) {
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

void contract_one(Run& run, Project const& project, Releases const& known, MigrationRow const& row,
                  Outcome& outcome, Invocation& invocation) {
  Options const& options = invocation.options;
  check_its_file(run, project, row, options.text("because"));
  check_not_rolled_back(run, known, row, options.text("because"));
  check_verified(run, row, options.text("because"));
  force_gate(run, row, options);
  go_by_quiet_period(run, options, row);
  MigrationRow const after = advance(run, row, Phase::Contract);
  invocation.console.say(fmt::format("{}: {}", after.name, state_in_words(after)));
  note(outcome, after, Phase::Contract);
}

}  // namespace

int run_contract(Invocation& invocation) {
  Options const& options = invocation.options;
  Project const project = open_project(options);
  if (is_without_ledger(invocation)) {
    invocation.console.tell("nothing to contract\n");
    return exit_done;
  }
  Run run = start_run(invocation);
  Outcome outcome;
  LedgerRows const rows = read_migrations(run.session());
  Releases const known = read_releases(run.session());
  std::vector<std::string> wanted;
  for (std::string const& operand : options.operands()) {
    wanted.push_back(meant_migration(operand, rows, &project));
  }
  check_project(run, project, rows, options);
  for (std::string const& name : wanted) {
    if (auto const found = rows.find(name); found != rows.end()) {
      check_comes_after_backfill(run, found->second);
    }
  }
  Held held;
  for (auto const& [name, row] : rows) {
    bool const meant = wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
    if (meant && is_due(row)) {
      held.by(invocation.console, name,
              [&, &due = row] { contract_one(run, project, known, due, outcome, invocation); });
    }
  }
  if (!outcome.contracted.empty() || !held.any()) {
    outcome.outlook = outlook(read_outlook_facts(run.session(), &project, false));
    invocation.console.tell(outcome.contracted.empty() ? "nothing to contract\n"
                                                       : outcome_text(outcome));
  }
  held.rethrow();
  return exit_done;
}

}  // namespace bellows::runner
