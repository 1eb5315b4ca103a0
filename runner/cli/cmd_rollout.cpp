#include "batcher/counted.hpp"
#include "batcher/job/job.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/cli/abort_words.hpp"
#include "runner/cli/command.hpp"
#include "runner/cli/confirmed.hpp"
#include "runner/cli/dry_run.hpp"
#include "runner/cli/kept_limits.hpp"
#include "runner/cli/outcome.hpp"
#include "runner/cli/pace_options.hpp"
#include "runner/cli/remarks.hpp"
#include "runner/rollout/abort.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/agenda.hpp"
#include "runner/rollout/ahead.hpp"
#include "runner/rollout/dead_letters.hpp"
#include "runner/rollout/file_gone.hpp"
#include "runner/rollout/journaled.hpp"
#include "runner/rollout/leftovers.hpp"
#include "runner/rollout/listing.hpp"
#include "runner/rollout/outlook_facts.hpp"
#include "runner/rollout/rolled_back.hpp"
#include "runner/rollout/step.hpp"
#include "runner/rollout/words.hpp"

#include <fmt/format.h>

#include <algorithm>

/// The commands that change the database.
namespace bellows::runner {
namespace {

std::string state_word(MigrationRow const& row) {
  return fmt::format("{}: {}", row.name, state_in_words(row));
}

/// A row on its way back goes on backwards, every other one forwards.
MigrationRow go_on(Run& run, MigrationRow row, Phase upto) {
  return row.state == State::Aborting ? abort(run, std::move(row), "")
                                      : advance(run, std::move(row), upto);
}

/// Before a migration is moved on: whose it is.
void stamp(Run& run, MigrationRow& row, Deployment const& deployment) {
  std::string const release = stamp_of(row, deployment);
  if (release == row.release) {
    return;
  }
  run.write([&](postgres::Transaction&, Journal& journal) { journal.stamp(row.name, release); });
  row.release = release;
}

/// Accepts one that has not begun, or was aborted.
MigrationRow begin(Run& run, Project const& project, Item const& item,
                   Deployment const& deployment) {
  return accept(run, project, *item.entry, stamp_of_new(item.row, deployment));
}

MigrationRow as_mended(Run& run, Item const& item) {
  return item.mended ? mend(run, *item.entry, *item.row) : *item.row;
}

/// Expand leads on to backfill; contract is only continued, never begun, in passing.
Phase upto_of(MigrationRow const& row) {
  return row.phase == Phase::Contract ? Phase::Contract : Phase::Backfill;
}

/// That it has begun is no evidence that its application runs, nor that it ever will; of a rollback
/// it is: who types it wants the old application back, whatever becomes of this run.
void begin_deployment(Run& run, Deployment const& deployment) {
  if (deployment.named()) {
    run.write([&](postgres::Transaction& transaction, Journal&) {
      auto const note = deployment.is_rollback() ? note_release : note_release_seen;
      note(transaction, deployment.release);
    });
  }
}

/// All that it owes is done.
void end_deployment(Run& run, Deployment const& deployment) {
  if (deployment.named()) {
    run.write([&](postgres::Transaction& transaction, Journal&) {
      note_release(transaction, deployment.release);
    });
  }
}

/// Contract in a deployment: a gate that stays closed is no failure.
void contract_if_open(Run& run, MigrationRow const& row, Outcome& outcome, Invocation& invocation) {
  Console& console = invocation.console;
  try {
    check_verified(run, row, "");
    go_by_quiet_period(run, invocation.options, row);
    MigrationRow const after = go_on(run, row, Phase::Contract);
    console.say(state_word(after));
    note(outcome, after, Phase::Contract);
  } catch (GateClosed const& closed) {
    console.say(fmt::format("{} stays expanded: {}", row.name, closed.what()));
  } catch (Unconfirmed const& differs) {
    console.say(
        fmt::format("{} stays expanded: {}\n  next: {}", row.name, differs.what(), differs.next));
  }
}

void move_on(Run& run, MigrationRow row, Deployment const& deployment, Outcome& outcome,
             Invocation& invocation) {
  Phase const upto = upto_of(row);
  if (upto == Phase::Contract && row.state != State::Aborting) {
    check_not_rolled_back(deployment.known, row);
    check_verified(run, row, "");
    go_by_quiet_period(run, invocation.options, row);
  }
  stamp(run, row, deployment);
  go_by_limits(run, invocation.options, row);
  row = go_on(run, std::move(row), upto);
  invocation.console.say(state_word(row));
  note(outcome, row, upto);
}

void carry_out(Run& run, Project const& project, Item const& item, Deployment const& deployment,
               Outcome& outcome, Invocation& invocation) {
  if (std::string const why = why_left(item, deployment); !why.empty()) {
    invocation.console.say(why);
  }
  switch (item.task) {
    case Task::Begin:
      return move_on(run, begin(run, project, item, deployment), deployment, outcome, invocation);
    case Task::GoOn:
      return move_on(run, as_mended(run, item), deployment, outcome, invocation);
    case Task::Contract:
      return contract_if_open(run, *item.row, outcome, invocation);
    case Task::Adopt: {
      MigrationRow row = *item.row;
      return stamp(run, row, deployment);
    }
    default:
      return;
  }
}

/// One that fails and leaves nothing of itself fails part-way all the same behind others that have
/// changed something: a contract, say, which nothing takes back.
void carry_out_all(Run& run, Project const& project, std::vector<Item> const& items,
                   Deployment const& deployment, Outcome& outcome, Invocation& invocation) {
  try {
    for (Item const& item : items) {
      carry_out(run, project, item, deployment, outcome, invocation);
    }
  } catch (StepFailed& failure) {
    std::string const before = moved_text(outcome);
    if (failure.nothing_changed && !before.empty()) {
      invocation.console.answer(before);
      failure.nothing_changed = false;
      failure.next = failure.next.empty() ? "mend it, then the same command again" : failure.next;
    }
    throw;
  }
}

void summary(Invocation& invocation, Run& run, Project const* project, Outcome outcome) {
  outcome.outlook = outlook(read_outlook_facts(run.session(), project, false));
  for (auto const& [name, row] : read_migrations(run.session())) {
    if (row.state == State::Backfilled) {
      outcome.waiting.push_back(name);
    }
  }
  invocation.console.tell(outcome_text(outcome));
}

Project::Entry const& one_operand(Invocation const& invocation, Project const& project) {
  Options const& options = invocation.options;
  if (options.operands().size() != 1) {
    throw UsageError(fmt::format("`bellows {}` wants one MIGRATION; `bellows status` lists them",
                                 options.command()));
  }
  return project.find(options.operands().front());
}

/// What was asked for is done, but a later phase has failed: that is no success of anything.
void check_not_failed(Run& run, MigrationRow const& row, Phase upto) {
  if (row.state != State::Failed) {
    return;
  }
  throw StepFailed(fmt::format("{}: {} is done, but it has failed in {} since: {}", row.name,
                               to_string(upto), to_string(row.phase), row.message),
                   row.failed_step, row.sqlstate, how_to_go_on(run.session(), row));
}

int run_upto(Invocation& invocation, Phase upto) {
  Project const project = open_project(invocation.options);
  Project::Entry const& entry = one_operand(invocation, project);
  std::string const release =
      invocation.options.command() == "expand" ? release_of(invocation.options) : "";
  Run run = start_run(invocation, [&](postgres::Session& session) {
    Deployment const first{release, {}};
    check_first_run(session, project, {item_of(entry, {}, first)}, first, invocation.options);
  });
  Deployment const deployment{release, read_releases(run.session())};
  LedgerRows const rows = read_migrations(run.session());
  check_project(run, project, rows, invocation.options);
  Item const item = item_of(entry, rows, deployment);
  if (item.task == Task::HasNothing || item.task == Task::LeaveToLater) {
    invocation.console.tell(why_left(item, deployment) + "\n");
    return exit_done;
  }
  bool const begins = item.task == Task::Begin || item.task == Task::LeaveOut;
  if (begins) {
    check_may_begin(deployment, entry.name);
    check_new(run, project, entry, rows, other_runs_of(run), invocation.options);
  }
  begin_deployment(run, deployment);
  MigrationRow row = begins ? begin(run, project, item, deployment) : as_mended(run, item);
  stamp(run, row, deployment);
  go_by_limits(run, invocation.options, row);
  row = go_on(run, std::move(row), upto);
  check_not_failed(run, row, upto);
  end_deployment(run, deployment);
  invocation.console.tell(state_word(row) + "\n");
  return exit_done;
}

}  // namespace

int run_up(Invocation& invocation) {
  Options const& options = invocation.options;
  if (options.flag("dry-run")) {
    return dry_run_up(invocation);
  }
  Project const project = open_project(options);
  tell_beside(project, invocation.console);
  std::string const release = release_of(options);
  std::string const last = options.given("to") ? project.find(options.text("to")).name : "";
  Run run = start_run(invocation, [&](postgres::Session& session) {
    Deployment const first{release, {}};
    check_first_run(session, project, agenda(project, {}, first, last), first, options);
  });
  Deployment const deployment{release, read_releases(run.session())};
  LedgerRows const rows = read_migrations(run.session());
  check_project(run, project, rows, options);
  run.asking([&](postgres::Session& asked) { tell_other_history(asked, invocation.console); });
  tell_order(project, not_begun(project, rows), invocation.console);
  auto const items = agenda(project, rows, deployment, last);
  OtherRuns const other_runs = other_runs_of(run);
  for (Item const& item : items) {
    if (item.task == Task::Begin) {
      check_new(run, project, *item.entry, rows, other_runs, options);
    }
  }
  run.asking([&](postgres::Session& asked) {
    refuse_ahead(asked, project, items, deployment, patience_of(options));
  });
  begin_deployment(run, deployment);
  Outcome outcome;
  run.asking([&](postgres::Session& asked) {
    outcome.rollback = rollback_words(asked, rows, deployment);
  });
  if (invocation.console.telling_json() && !outcome.rollback.empty()) {
    invocation.console.say(outcome.rollback);  // who reads the stream reads nothing else
  }
  carry_out_all(run, project, items, deployment, outcome, invocation);
  end_deployment(run, deployment);
  summary(invocation, run, &project, std::move(outcome));
  return exit_done;
}

int run_expand(Invocation& invocation) {
  return run_upto(invocation, Phase::Expand);
}
int run_backfill(Invocation& invocation) {
  return invocation.options.flag("dry-run") ? dry_run_backfill(invocation)
                                            : run_upto(invocation, Phase::Backfill);
}

namespace {

MigrationRow mended_if_here(Run& run, std::optional<Project> const& project, MigrationRow row) {
  if (!project || !may_be_mended(row)) {
    return row;
  }
  auto const entry = std::ranges::find(project->entries(), row.name, &Project::Entry::name);
  bool const changed =
      entry != project->entries().end() && Project::read(*entry).meaning != row.meaning;
  return changed ? mend(run, *entry, std::move(row)) : row;
}

/// Of what can't be mended, what it said when it began is carried out.
void tell_changed_file(std::optional<Project> const& project, MigrationRow const& row,
                       Console& console) {
  if (!project || may_be_mended(row)) {
    return;
  }
  auto const entry = std::ranges::find(project->entries(), row.name, &Project::Entry::name);
  if (entry != project->entries().end() && Project::read(*entry).meaning != row.meaning) {
    console.say(fmt::format(
        "{} was changed after it ran: what it said then, which the ledger has, is carried out",
        entry->label));
  }
}

/// Nothing where its file is not here: what the plan in the ledger takes back needs none.
std::vector<sql::Statement> way_back_in_file(std::optional<Project> const& project,
                                             std::string const& name) {
  if (!project) {
    return {};
  }
  auto const entry = std::ranges::find(project->entries(), name, &Project::Entry::name);
  return entry == project->entries().end() ? std::vector<sql::Statement>()
                                           : Project::read(*entry).down;
}

/// Another project's migrations are gone on with from its own directory, or by their names.
void check_if_its_project(std::optional<Project> const& project, LedgerRows const& rows,
                          std::string const& meant) {
  if (project && !project->entries().empty()) {
    check_is_its_project_or(*project, rows, meant);
  }
}

/// No operand: every one.
bool is_meant(std::string const& name, std::vector<std::string> const& operands) {
  return operands.empty() || std::ranges::any_of(operands, [&](std::string const& operand) {
           return is_called(name, operand);
         });
}

/// Throws WhichMigration for what neither the ledger nor the checkout has: a slip of the fingers is
/// not told that there is nothing to do.
void check_meant(std::vector<std::string> const& operands, LedgerRows const& rows,
                 std::optional<Project> const& project, Console& console) {
  for (std::string const& operand : operands) {
    bool const begun =
        std::ranges::any_of(rows, [&](auto const& row) { return is_meant(row.first, {operand}); });
    if (begun) {
      continue;
    }
    if (!project) {
      throw WhichMigration(fmt::format("this database has begun no migration {}", operand),
                           "bellows status lists them, in the project's directory");
    }
    console.say(
        fmt::format("{} has not begun: there is nothing to go on with; `bellows up` begins "
                    "it",
                    project->find(operand).name));
  }
}

}  // namespace

int run_resume(Invocation& invocation) {
  if (resume_live(invocation)) {
    return exit_done;
  }
  auto const project = project_if_here(invocation.options);
  Run run = start_run(invocation);
  Outcome outcome;
  LedgerRows const rows = read_migrations(run.session());
  Deployment const deployment{"", read_releases(run.session())};
  if (invocation.options.operands().empty()) {
    check_if_its_project(project, rows, "bellows resume MIGRATION");
  }
  check_meant(invocation.options.operands(), rows, project, invocation.console);
  if (rows.empty()) {
    invocation.console.say(fmt::format(
        "no migration has begun in {}: there is nothing to go on with; is it the right database?",
        postgres::describe_target(conninfo(invocation.options))));
  }
  for (auto const& [name, row] : rows) {
    if (!in_progress(row.state) || row.state == State::Backfilled) {
      continue;
    }
    if (!is_meant(name, invocation.options.operands())) {
      continue;
    }
    invocation.console.say(fmt::format("{} was left {}; going on", name, to_string(row.state)));
    tell_changed_file(project, row, invocation.console);
    move_on(run, mended_if_here(run, project, row), deployment, outcome, invocation);
  }
  summary(invocation, run, project ? &*project : nullptr, std::move(outcome));
  return exit_done;
}

int run_abort(Invocation& invocation) {
  if (invocation.options.operands().size() != 1) {
    throw UsageError("`bellows abort` wants one MIGRATION");
  }
  auto const project = project_if_here(invocation.options);
  if (is_without_ledger(invocation)) {
    std::string const& operand = invocation.options.operands().front();
    invocation.console.tell(
        nothing_to_take_back(meant_migration(operand, {}, project ? &*project : nullptr)));
    return exit_done;
  }
  Run run = start_run(invocation);
  LedgerRows const rows = read_migrations(run.session());
  std::string const name =
      meant_migration(invocation.options.operands().front(), rows, project ? &*project : nullptr);
  auto const row = rows.find(name);
  if (row == rows.end()) {
    check_if_its_project(project, rows, "");
  }
  if (row == rows.end() || row->second.state == State::Aborted) {
    std::string answer =
        row == rows.end() ? nothing_to_take_back(name) : aborted_before(run, row->second);
    auto const leftovers = read_leftovers(run.session());
    for (Leftover const& left : leftovers) {
      answer += fmt::format("{}\nnext: {}\n", in_words(left), how_to_remove(left));
    }
    invocation.console.tell(answer);
    return leftovers.empty() ? exit_done : exit_refused;  // what it was meant for is still there
  }
  MigrationRow const after =
      abort(run, row->second, invocation.options.text("because"), way_back_in_file(project, name));
  invocation.console.tell(state_word(after) + "\n");
  return exit_done;
}

}  // namespace bellows::runner
