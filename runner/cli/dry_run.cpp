#include "runner/cli/dry_run.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/plan/make_plan.hpp"
#include "planner/plan/transition.hpp"
#include "planner/plan/yaml.hpp"
#include "planner/rules/fired_triggers.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "runner/cli/foreseen.hpp"
#include "runner/cli/outcome.hpp"
#include "runner/cli/pace_options.hpp"
#include "runner/cli/remarks.hpp"
#include "runner/cli/shown_sql.hpp"
#include "runner/cli/wrap.hpp"
#include "runner/ddl/concurrent.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/ledger/verified.hpp"
#include "runner/rollout/abort.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/agenda.hpp"
#include "runner/rollout/ahead.hpp"
#include "runner/rollout/dead_letters.hpp"
#include "runner/rollout/gate.hpp"
#include "runner/rollout/job_spec.hpp"
#include "runner/rollout/other_history.hpp"
#include "runner/rollout/outlook_facts.hpp"
#include "runner/rollout/rights.hpp"
#include "runner/rollout/rolled_back.hpp"
#include "runner/rollout/rows_elsewhere.hpp"
#include "runner/rollout/run_before.hpp"
#include "runner/rollout/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

namespace bellows::runner {
namespace {

using plan::Plan;
using plan::Step;
using Journaled = std::map<std::string, StepState>;

struct Dry {
  Invocation& invocation;
  Project const& project;
  postgres::Session& session;
  std::string text;
  Ahead ahead;
  std::size_t told = 0;                         // migrations that would be moved
  bool not_tried = false;                       // statements are told that no sample stands for
  std::optional<catalog::Catalog> before = {};  // the schema that the migration at hand finds
  std::optional<catalog::Catalog> now = {};     // the same, within it
  std::string rollback = {};  // what an older release leaves undone; empty: it is none
  int code = exit_done;  // another one: up would end with it, and what comes next is not reached
};

/// Tried, they would take their locks.
constexpr char const* not_tried_words =
    "not tried: the statements above, samples apart; roles, extensions and what the schema tells "
    "were looked up, and what else the server may refuse (a function that an expression calls, a "
    "row that a constraint forbids) shows when they run\n";

LedgerRows read_ledger(postgres::Session& session) {
  LedgerRows rows;
  with_ledger(session, [&] {
    if (ledger_exists(session)) {
      rows = read_migrations(session);
    }
  });
  return rows;
}

std::string locks_of(Step const& step) {
  std::string locks;
  for (auto const& [table, mode] : step.locks) {
    locks += fmt::format("{}{} on {}", locks.empty() ? "" : ", ", locks::to_string(mode),
                         table.display());
  }
  if (locks.empty()) {
    return "";
  }
  return fmt::format("{}, {}", locks,
                     step.lasts == plan::Lasts::Instant ? "for a moment" : "as long as it takes");
}

/// "  (ACCESS EXCLUSIVE on public.users, for a moment; no way back)"
std::string notes_of(Step const& step) {
  std::string notes = locks_of(step);
  if (step.irreversible) {
    notes += notes.empty() ? "no way back" : "; no way back";
  }
  return notes.empty() ? "" : fmt::format("  ({})", notes);
}

/// What is long is told by its first line, and where the rest of it is.
void tell_statements(Dry& dry, std::string const& migration,
                     std::vector<std::string> const& statements) {
  constexpr std::size_t indent = 6;
  bool const whole = dry.invocation.options.flag("verbose");
  bool cut = false;
  for (std::string const& statement : statements) {
    ShownSql const shown = whole ? ShownSql{whole_sql(statement, indent)}
                                 : shown_sql(statement, indent, Console::width());
    dry.text += shown.text;
    cut = cut || shown.cut;
  }
  if (cut) {
    auto const plan = dry.project.plan_path(migration);
    bool const planned = std::filesystem::exists(plan);
    dry.text += fmt::format("      in full {}with --verbose\n",
                            planned ? fmt::format("in {}, or ", plan.generic_string()) : "");
  }
}

void end_here(Dry& dry, int code, std::string const& why, std::string const& next,
              char const* when = "") {
  dry.code = code;
  dry.text += fmt::format("  {} would end here{}: {}\n    next: {}\n",
                          dry.invocation.options.command(), when, why, next);
}

/// The name that an index is to have may be taken.
void tell_index_there(Dry& dry, plan::RunSql const& run_sql) {
  int const code = dry.now ? exit_failed_partway : exit_failed_unchanged;
  if (!dry.now) {
    dry.now = dry.before;
  }
  try {
    std::string const there = index_foreseen(dry.session, run_sql, *dry.now);
    dry.text += there.empty() ? "" : fmt::format("      {}\n", there);
  } catch (ddl::NameTaken const& taken) {
    end_here(dry, code, taken.what(), taken.next);
  }
  for (std::string const& statement : run_sql.statements) {
    catalog::replay_text(*dry.now, statement);
  }
}

void tell(Dry& dry, std::string const& migration, Step const& step, plan::RunSql const& run_sql) {
  dry.not_tried = true;
  tell_statements(dry, migration, run_sql.statements);
  tell_index_there(dry, run_sql);
  for (sql::QualifiedName const& table : step.trial) {
    dry.text += fmt::format(
        "      a row of {} is written before and after, where it has triggers, and taken back\n",
        table.display());
  }
}

/// Nobody writes them until somebody has looked at them. Whether there are any.
bool tell_dead_letters(Dry& dry, Step const& step, batcher::Spec const& spec) {
  if (dry.invocation.options.flag("retry-dead-letters") ||
      batcher::read_dead_letters(dry.session, spec.id, 1).count == 0) {
    return false;
  }
  StepFailed const left = dead_letters_left(dry.session, step, spec);
  end_here(dry, exit_failed_partway, left.what(), left.next);
  return true;
}

/// It may want what those before it make: a table, a label, a function.
void tell_not_tried(Dry& dry, std::string const& why) {
  dry.text += fmt::format(
      "      no sample: its rows can be tried only after those before it have run (now: {})\n",
      why.substr(0, why.find('\n')));
}

void tell(Dry& dry, std::string const& migration, Step const& step, plan::Batch const& batch) {
  batcher::Spec const spec = job_spec(migration, step, batch);
  if (tell_dead_letters(dry, step, spec)) {
    return;
  }
  try {
    dry.text += preview_text(batcher::preview(dry.session, spec));
  } catch (std::invalid_argument const& missing) {  // the table, its key
    if (dry.told > 1) {
      return tell_not_tried(dry, missing.what());
    }
    throw;
  } catch (postgres::Failure const& failure) {
    if (postgres::is_refusal(failure.kind) && dry.told > 1) {
      return tell_not_tried(dry, failure.what());
    }
    throw postgres::Failure(
        failure.kind, failure.sqlstate,
        fmt::format("the dry run of {}, step {}: {}", migration, step.id, failure.what()));
  }
  auto const fired = rules::fired_by(catalog::read_catalog(dry.session), batch);
  if (!fired.empty()) {  // also of columns that are not there yet
    dry.text += fmt::format("      each row fires {}\n", rules::describe(fired));
  }
}

void tell(Dry& dry, std::string const&, Step const&, plan::Verify const& verify) {
  dry.text += fmt::format("      reads every row of {} and compares\n", verify.table.display());
}

void tell(Dry& dry, std::string const& migration, Step const& step, plan::Gate const& gate) {
  auto const state = peek_at_gate(dry.session, migration, step.id, gate,
                                  dry.invocation.options.duration("quiet-period"));
  dry.text +=
      fmt::format("      {}: {}\n", state.open ? "is open" : "is closed by now", state.evidence);
}

/// A file's own statements stand below it in full.
std::string what_runs(char const* phase, Step const& step) {
  if (in_words(step) == "step " + step.id) {
    return fmt::format("{} {}", phase, step.id);
  }
  auto const* run = std::get_if<plan::RunSql>(&step.action);
  return run != nullptr && run->alone ? "outside of a transaction" : "in one transaction";
}

void tell_steps(Dry& dry, std::string const& migration, char const* phase,
                std::vector<Step> const& steps, Journaled const& journaled) {
  for (Step const& step : steps) {
    auto const found = journaled.find(step.id);
    if (found != journaled.end() && found->second == StepState::Done) {
      continue;
    }
    dry.text += fmt::format("    {}{}\n", what_runs(phase, step), notes_of(step));
    std::visit([&](auto const& action) { tell(dry, migration, step, action); }, step.action);
    if (dry.code != exit_done) {
      return;
    }
  }
}

void tell_first_phases(Dry& dry, std::string const& migration, Plan const& plan,
                       Journaled const& journaled) {
  tell_steps(dry, migration, "expand", plan.expand, journaled);
  tell_steps(dry, migration, "backfill", plan.backfill, journaled);
  if (!plan.contract.empty() && dry.code == exit_done) {
    dry.text += "    contract comes later: with a later release, or `bellows contract`\n";
  }
}

void tell_contract(Dry& dry, MigrationRow const& row) {
  if (auto const outcome = read_outcome(dry.session, row.name); outcome && outcome->differing > 0) {
    dry.text += fmt::format(
        "    not before `bellows verify` is clean: at {} it found {} rows that differ\n",
        outcome->at, outcome->differing);
  }
  std::vector<Step> const steps = plan::from_yaml(row.plan).contract;
  tell_steps(dry, row.name, "contract", steps, read_steps(dry.session, row.name));
}

void tell_undo(Dry& dry, MigrationRow const& row) {
  for (Step const& step : steps_to_undo(dry.session, row)) {
    dry.text += fmt::format("    undo {}{}\n", in_words(step), notes_of(step));
    tell_statements(dry, row.name, step.undo);
  }
}

void tell_begun(Dry& dry, Item const& item, Plan const& plan) {
  MigrationRow const& row = *item.row;
  dry.text += fmt::format("  {} ({}) would {}:\n", row.name, state_in_words(row),
                          row.state == State::Aborting ? "be taken back" : "go on");
  if (row.state == State::Aborting) {
    tell_undo(dry, row);
  } else if (row.phase == Phase::Contract) {
    tell_contract(dry, row);
  } else {
    tell_first_phases(dry, row.name, plan, read_steps(dry.session, row.name));
  }
}

bool is_moved(Task task) {
  return task == Task::Begin || task == Task::GoOn || task == Task::Contract;
}

void tell_moved(Dry& dry, Item const& item, Plan const& plan) {
  if (item.task == Task::GoOn) {
    return tell_begun(dry, item, plan);
  }
  if (item.task == Task::Contract) {
    dry.text += fmt::format("  {} would be contracted, since release {} expanded it:\n",
                            item.row->name, item.row->release);
    return tell_contract(dry, *item.row);
  }
  dry.text +=
      fmt::format("  {} would run{}:\n", item.entry->name, dry.told == 1 ? "" : " after that");
  tell_first_phases(dry, item.entry->name, plan, {});
}

/// While an error is handled: of the first one it is that of the dry run, behind others it is told.
template <typename Error>
void tell_refused(Dry& dry, int code, Error const& error) {
  if (dry.told == 1) {
    throw;
  }
  end_here(dry, code, error.what(), error.next, ", before its first step");
}

/// The plan by which it would be moved.
Plan foresee(Dry& dry, Item const& item, Deployment const& deployment) {
  try {
    return dry.ahead.next(item, deployment, patience_of(dry.invocation.options));
  } catch (Unconfirmed const& error) {
    tell_refused(dry, exit_refused, error);
  } catch (RowsElsewhere const& error) {
    tell_refused(dry, exit_refused, error);
  } catch (ProjectError const& error) {
    tell_refused(dry, exit_unsafe, error);
  } catch (StepFailed const& error) {
    tell_refused(dry, exit_failed_unchanged, error);
  }
  return {};
}

void tell(Dry& dry, Item const& item, Deployment const& deployment) {
  dry.now.reset();
  if (!is_moved(item.task)) {
    std::string const why = why_left(item, deployment);
    dry.text += why.empty() ? "" : fmt::format("  {}\n", why);
    return;
  }
  ++dry.told;
  dry.before = dry.ahead.schema();
  Plan const plan = foresee(dry, item, deployment);
  if (dry.code == exit_done) {
    tell_moved(dry, item, plan);
  }
}

/// The real one's last words, asked of all migrations, whichever were meant.
std::string nothing_to_do(Dry& dry) {
  Outcome outcome;
  outcome.outlook = outlook(read_outlook_facts(dry.session, &dry.project, false));
  outcome.rollback = dry.rollback;
  for (auto const& [name, row] : read_ledger(dry.session)) {
    if (row.state == State::Backfilled) {
      outcome.waiting.push_back(name);
    }
  }
  return outcome_text(outcome);
}

int end(Dry& dry) {
  dry.text =
      postgres::describe_target(conninfo(dry.invocation.options)) + ", a dry run\n" + dry.text;
  if (dry.told > 0) {
    dry.text += dry.rollback.empty() ? "" : dry.rollback + "\n";
    dry.text += dry.not_tried ? not_tried_words : "";
    dry.text += "nothing was changed: every sample was rolled back\n";
  } else {
    dry.text += nothing_to_do(dry);
  }
  dry.invocation.console.answer(fitted(dry.text, Console::width()));
  return dry.code;
}

/// A reason is for the real one to keep.
void check_new(Dry const& dry, Item const& item, LedgerRows const& rows,
               OtherRuns const& other_runs) {
  if (item.task == Task::Begin && dry.invocation.options.text("because").empty()) {
    check_not_run_before(dry.project, *item.entry, rows);
    check_not_run_by_other(other_runs, dry.project, *item.entry, rows);
  }
}

int dry_run_up(Invocation& invocation, postgres::Session& session) {
  Options const& options = invocation.options;
  Project const project = open_project(options);
  tell_beside(project, invocation.console);
  std::string const release = release_of(options);
  std::string const last = options.given("to") ? project.find(options.text("to")).name : "";
  LedgerRows const rows = read_ledger(session);
  Deployment const deployment{release, read_releases(session)};
  check_is_its_project(project, rows, options.text("because"));
  tell_other_history(session, invocation.console);
  tell_order(project, not_begun(project, rows), invocation.console);
  auto const items = agenda(project, rows, deployment, last);
  Dry dry{invocation, project, session, "", Ahead(session, project)};
  dry.rollback = rollback_words(session, rows, deployment);
  OtherRuns const other_runs = read_other_runs(session);
  for (Item const& item : items) {
    check_new(dry, item, rows, other_runs);
  }
  for (std::size_t at = 0; at < items.size() && dry.code == exit_done; ++at) {
    tell(dry, items[at], deployment);
  }
  return end(dry);
}

int dry_run_backfill(Invocation& invocation, postgres::Session& session) {
  Options const& options = invocation.options;
  Project const project = open_project(options);
  if (options.operands().size() != 1) {
    throw UsageError("`bellows backfill` wants one MIGRATION; `bellows status` lists them");
  }
  Project::Entry const& entry = project.find(options.operands().front());
  LedgerRows const rows = read_ledger(session);
  check_is_its_project(project, rows, options.text("because"));
  Item item = item_of(entry, rows, {});
  if (item.task == Task::LeaveOut) {
    item.task = Task::Begin;  // it was aborted, and is meant by its name
  }
  Dry dry{invocation, project, session, "", Ahead(session, project)};
  check_new(dry, item, rows, read_other_runs(session));
  tell(dry, item, {});
  return end(dry);
}

/// Somebody may have locked what is read.
int asking(Invocation& invocation, int (*dry_run)(Invocation&, postgres::Session&)) {
  int code = exit_internal;
  ask_database(invocation.options, "bellows dry run", &invocation.stop,
               [&](postgres::Session& session) { code = dry_run(invocation, session); });
  return code;
}

}  // namespace

int dry_run_up(Invocation& invocation) {
  return asking(invocation, dry_run_up);
}

int dry_run_backfill(Invocation& invocation) {
  return asking(invocation, dry_run_backfill);
}

}  // namespace bellows::runner
