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
#include "runner/rollout/ask_rights.hpp"
#include "runner/rollout/copies.hpp"
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
  std::size_t told = 0;                        // migrations that would be moved
  std::optional<catalog::Catalog> after = {};  // the schema, once what is told by now has run
  std::optional<catalog::Catalog> now = {};    // the same, within a migration
  std::vector<std::pair<std::string, plan::Transition>> copies = {};  // that what is told makes
  std::string rollback = {};              // what an older release leaves undone; empty: it is none
  std::set<std::string> contracted = {};  // in this very run: their copies are none afterwards
  int code = exit_done;  // another one: up would end with it, and what comes next is not reached
};

catalog::Catalog& schema_by_then(Dry& dry) {
  if (!dry.after) {
    dry.after = catalog::read_catalog(dry.session);
  }
  return *dry.after;
}

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

void end_here(Dry& dry, int code, std::string const& why, std::string const& next) {
  dry.code = code;
  dry.text += fmt::format("  {} would end here: {}\n    next: {}\n",
                          dry.invocation.options.command(), why, next);
}

/// The name that an index is to have may be taken.
void tell_index_there(Dry& dry, plan::RunSql const& run_sql) {
  int const code = dry.now ? exit_failed_partway : exit_failed_unchanged;
  if (!dry.now) {
    dry.now = schema_by_then(dry);
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
  refuse_rows_elsewhere(dry.session, plan);
  tell_steps(dry, migration, "expand", plan.expand, journaled);
  tell_steps(dry, migration, "backfill", plan.backfill, journaled);
  if (!plan.contract.empty() && dry.code == exit_done) {
    dry.text += "    contract comes later: with a later release, or `bellows contract`\n";
  }
}

/// What the migrations behind it may not build on.
void note_copy(Dry& dry, std::string const& migration, Plan const& plan) {
  if (auto transition = plan::transition_of(plan)) {
    dry.copies.emplace_back(migration, std::move(*transition));
  }
}

void tell_new(Dry& dry, Project::Entry const& entry) {
  Plan const plan = acceptable_plan(dry.session, dry.project, entry);
  note_copy(dry, entry.name, plan);
  dry.text += fmt::format("  {} would run:\n", entry.name);
  tell_first_phases(dry, entry.name, plan, {});
}

/// Open, or so soon that it is waited for.
bool passes(Dry& dry, std::string const& migration, Step const& step, plan::Gate const& gate) {
  Options const& options = dry.invocation.options;
  auto const quiet = options.duration("quiet-period");
  auto const state = peek_at_gate(dry.session, migration, step.id, gate, quiet);
  return state.open || (state.opens_by_itself && gate_wait_of(options) >= quiet);
}

/// What comes behind it finds the schema that it leaves, if nothing holds it back.
void note_contract(Dry& dry, MigrationRow const& row, std::vector<Step> const& steps) {
  if (auto const outcome = read_outcome(dry.session, row.name); outcome && outcome->differing > 0) {
    return;
  }
  auto const journaled = read_steps(dry.session, row.name);
  std::vector<std::string> statements;
  for (Step const& step : steps) {
    auto const found = journaled.find(step.id);
    if (found != journaled.end() && found->second == StepState::Done) {
      continue;
    }
    if (auto const* gate = std::get_if<plan::Gate>(&step.action);
        gate != nullptr && !passes(dry, row.name, step, *gate)) {
      return;
    }
    if (auto const* run = std::get_if<plan::RunSql>(&step.action)) {
      statements.insert(statements.end(), run->statements.begin(), run->statements.end());
    }
  }
  dry.contracted.insert(row.name);
  for (std::string const& statement : statements) {
    catalog::replay_text(schema_by_then(dry), statement);
  }
}

void tell_contract(Dry& dry, MigrationRow const& row) {
  if (auto const outcome = read_outcome(dry.session, row.name); outcome && outcome->differing > 0) {
    dry.text += fmt::format(
        "    not before `bellows verify` is clean: at {} it found {} rows that differ\n",
        outcome->at, outcome->differing);
  }
  std::vector<Step> const steps = plan::from_yaml(row.plan).contract;
  check_rights(dry.session, row.name, still_needed(dry.session, row, steps));
  tell_steps(dry, row.name, "contract", steps, read_steps(dry.session, row.name));
  note_contract(dry, row, steps);
}

void tell_undo(Dry& dry, MigrationRow const& row) {
  for (Step const& step : steps_to_undo(dry.session, row)) {
    dry.text += fmt::format("    undo {}{}\n", in_words(step), notes_of(step));
    tell_statements(dry, row.name, step.undo);
  }
}

void tell_begun(Dry& dry, Item const& item) {
  MigrationRow const& row = *item.row;
  dry.text += fmt::format("  {} ({}) would {}:\n", row.name, state_in_words(row),
                          row.state == State::Aborting ? "be taken back" : "go on");
  if (row.state == State::Aborting) {
    tell_undo(dry, row);
  } else if (row.phase == Phase::Contract) {
    tell_contract(dry, row);
  } else {
    tell_first_phases(
        dry, row.name,
        item.mended ? mended_plan(dry.session, *item.entry, row) : plan::from_yaml(row.plan),
        read_steps(dry.session, row.name));
  }
}

/// What comes after the first one is judged against a schema that is not there yet, as far as the
/// statements before it tell it; what is tried on rows may want what they make.
void tell_later_one(Dry& dry, Project::Entry const& entry) {
  sql::Migration const migration = Project::read(entry);
  try {
    refuse_building_on_copies(dry.session, migration, *dry.after, dry.contracted);
  } catch (Unconfirmed const& error) {
    return end_here(dry, exit_refused, error.what(), error.next);
  }
  try {
    check_plan_of_later_one(dry.project, entry, *dry.after);
  } catch (ProjectError const& error) {
    return end_here(dry, exit_unsafe, error.what(), error.next);
  }
  catalog::Catalog then = *dry.after;
  catalog::replay(then, migration);
  for (auto const& [name, transition] : dry.copies) {
    if (auto const what = plan::touches_copy(transition, *dry.after, then); !what.empty()) {
      return end_here(dry, exit_refused,
                      fmt::format("{} builds on {}.{}, a copy until {} is contracted: {}",
                                  entry.name, transition.table.name.quoted(),
                                  transition.to.quoted(), name, fmt::join(what, ", ")),
                      fmt::format("put {} into a later release", entry.name));
    }
  }
  auto committed = dry.project.committed_plan(entry.name);
  Plan const plan =
      committed ? std::move(*committed) : std::get<Plan>(plan::make_plan(migration, *dry.after));
  note_copy(dry, entry.name, plan);
  dry.text += fmt::format("  {} would run after that:\n", entry.name);
  tell_first_phases(dry, entry.name, plan, {});
}

void tell_one_to_begin(Dry& dry, Project::Entry const& entry) {
  bool const is_first = ++dry.told == 1;
  schema_by_then(dry);
  is_first ? tell_new(dry, entry) : tell_later_one(dry, entry);
  catalog::replay(*dry.after, Project::read(entry));
}

void tell(Dry& dry, Item const& item, Deployment const& deployment) {
  dry.now.reset();
  switch (item.task) {
    case Task::Begin:
      return tell_one_to_begin(dry, *item.entry);
    case Task::GoOn:
      ++dry.told;
      return tell_begun(dry, item);
    case Task::Contract:
      ++dry.told;
      dry.text += fmt::format("  {} would be contracted, since release {} expanded it:\n",
                              item.row->name, item.row->release);
      return tell_contract(dry, *item.row);
    default:
      if (std::string const why = why_left(item, deployment); !why.empty()) {
        dry.text += fmt::format("  {}\n", why);
      }
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
  Dry dry{invocation, project, session, ""};
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
  Dry dry{invocation, project, session, ""};
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
