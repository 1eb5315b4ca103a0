#include "batcher/job/progress.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/cli/command.hpp"
#include "runner/cli/remarks.hpp"
#include "runner/cli/report_status.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/rollout/agenda.hpp"
#include "runner/rollout/outlook_facts.hpp"
#include "runner/rollout/rights.hpp"
#include "runner/rollout/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

/// status: reads, never writes; not even the ledger where there is none.
namespace bellows::runner {
namespace {

using Steps = std::map<std::string, StepState>;

bool done(Steps const& steps, plan::Step const& step) {
  auto const found = steps.find(step.id);
  return found != steps.end() && found->second == StepState::Done;
}

std::vector<plan::Step> steps_of(plan::Plan const& plan, Phase phase) {
  switch (phase) {
    case Phase::Expand:
      return plan.expand;
    case Phase::Backfill:
      return plan.backfill;
    case Phase::Contract:
      return plan.contract;
  }
  return {};
}

void add_details(postgres::Session& session, MigrationRow const& row, MigrationStatus& status) {
  plan::Plan const plan = plan::from_yaml(row.plan);
  Steps const steps = read_steps(session, row.name);
  for (plan::Step const& step : steps_of(plan, row.phase)) {
    if (done(steps, step)) {
      continue;
    }
    status.current_step = step.id;
    status.step_words = in_words(step);
    if (std::holds_alternative<plan::Batch>(step.action)) {
      status.progress = batcher::read_progress(session, row.name + "/" + step.id);
      status.dead_letters = batcher::read_dead_letters(session, row.name + "/" + step.id, 10);
    }
    break;
  }
  bool const waits = row.state == State::Backfilled;
  for (plan::Step const& step : plan.contract) {
    if (waits && std::holds_alternative<plan::Gate>(step.action)) {
      status.gates.push_back(step.id);
    }
  }
  status.application = plan.application;
  if (!row.failed_step.empty()) {
    status.step_words = step_in_words(plan, row.failed_step);
  }
}

/// What the run that is at work says, on the migration that it is at work on.
void add_hold(postgres::Session& session, StatusReport& report) {
  auto const hold = read_hold(session);
  for (MigrationStatus& each : report.migrations) {
    if (hold && hold->hold.job.starts_with(each.name + "/")) {
      each.hold = hold;
    }
  }
}

/// What is next, and what of the migrations would be refused. Where something is pending the
/// catalog is read for it; a watch does that again when something has happened, and every half
/// minute.
class Outlooks {
 public:
  void add_to(StatusReport& report, postgres::Session& session, Project const& project) {
    std::string key = key_of(report);
    auto const now = std::chrono::steady_clock::now();
    if (key != key_ || now - read_at_ > good_for) {
      facts_ = read_outlook_facts(session, &project, !report.running.empty());
      key_ = std::move(key);
      read_at_ = now;
    }
    report.outlook = outlook(facts_);
    for (OutlookFacts::Migration const& fact : facts_.migrations) {
      auto const found = std::ranges::find(report.migrations, fact.name, &MigrationStatus::name);
      if (found != report.migrations.end()) {
        found->refused = fact.refused ? fact.refused : fact.not_contract;
      }
    }
  }

 private:
  static constexpr std::chrono::seconds good_for{30};

  /// While a runner is at work the facts are cheap, and what holds it changes.
  static std::string key_of(StatusReport const& report) {
    if (!report.running.empty()) {
      return report.running;
    }
    std::string key = "idle";
    for (MigrationStatus const& each : report.migrations) {
      key += fmt::format("\n{} {} {} {} {}", each.name, to_string(each.state), each.changed_at,
                         each.meaning, each.differs ? each.differs->at : "");
    }
    for (batcher::ControlRow const& row : report.controls) {
      key += fmt::format("\n{} {}", row.scope, row.paused);
    }
    return key;
  }

  std::string key_;
  std::chrono::steady_clock::time_point read_at_{};
  OutlookFacts facts_;
};

MigrationStatus from_row(postgres::Session& session, MigrationRow const& row) {
  MigrationStatus status;
  status.name = row.name;
  status.state = row.state;
  status.state_words = state_in_words(row);
  status.phase = std::string{to_string(row.phase)};
  status.release = row.release;
  status.failed_step = row.failed_step;
  status.sqlstate = row.sqlstate;
  status.message = row.message;
  status.changed_at = row.changed_at;
  if (row.state != State::Contracted && row.state != State::Aborted) {
    add_details(session, row, status);
    status.ending = read_ending(session, row.name);
  }
  if (auto const outcome = read_outcome(session, row.name);
      outcome && outcome->differing > 0 && row.state == State::Backfilled) {
    status.differs = outcome;
  }
  return status;
}

StatusReport read_status(postgres::Session& session, Project const& project, Outlooks& outlooks) {
  StatusReport report;
  bool const ledger = ledger_exists(session);
  auto rows = ledger ? read_migrations(session) : std::map<std::string, MigrationRow>{};
  report.never_ran = !ledger;
  report.another_project = is_of_another_project(project, rows);
  for (Project::Entry const& entry : project.entries()) {
    auto const found = rows.find(entry.name);
    if (found == rows.end()) {
      MigrationStatus pending;
      pending.name = entry.name;
      pending.meaning = Project::read(entry).meaning;
      if (ledger) {
        pending.ending = read_ending(session, entry.name);
      }
      report.migrations.push_back(pending);
      continue;
    }
    report.migrations.push_back(from_row(session, found->second));
    report.migrations.back().meaning = Project::read(entry).meaning;
    report.migrations.back().file_changed =
        report.migrations.back().meaning != found->second.meaning;
    rows.erase(found);
  }
  for (auto const& [name, row] : rows) {  // the database is ahead of this checkout
    report.migrations.push_back(from_row(session, row));
    report.migrations.back().file_missing = true;
  }
  if (ledger) {
    report.controls = batcher::read_controls(session);
  }
  if (ledger && lock_is_held(session)) {
    report.running = describe_holder(session);
    add_hold(session, report);
  }
  if (report.running.empty()) {
    report.leftovers = read_leftovers(session);
  }
  outlooks.add_to(report, session, project);
  return report;
}

/// What still owes something: its contract is the last of it.
bool unfinished(MigrationStatus const& status) {
  return status.state != State::Contracted && status.state != State::Aborted;
}

constexpr std::chrono::seconds watch_interval{2};

/// What is read from the ledger has no rate and no time left: two looks at it have.
class Rates {
 public:
  void add_to(StatusReport& report) {
    auto const now = batcher::Meter::Clock::now();
    for (MigrationStatus& each : report.migrations) {
      if (each.progress) {
        each.progress = meters_[each.progress->job].measure(*each.progress, now);
      }
    }
  }

 private:
  std::map<std::string, batcher::Meter> meters_;
};

struct Looking {
  Invocation& invocation;
  std::string conninfo;
  std::string target;
  bool json;
};

StatusReport look(Looking const& looking, postgres::Session& session, Outlooks& outlooks) {
  StatusReport report;
  with_ledger(session, [&] {
    report = read_status(session, open_project(looking.invocation.options), outlooks);
  });
  report.target = looking.target;
  return report;
}

std::string shown(Looking const& looking, StatusReport const& report) {
  return looking.json ? status_json(report)
                      : status_text(report, looking.invocation.console.colour());
}

/// Until it is told to stop. A server that goes away is looked for again.
int watch(Looking const& looking) {
  std::optional<postgres::Session> session;
  Rates rates;
  Outlooks outlooks;
  do {
    try {
      if (!session || !session->alive()) {
        session.emplace(postgres::Session::connect(looking.conninfo, "bellows status"));
      }
      StatusReport report = look(looking, *session, outlooks);
      rates.add_to(report);
      looking.invocation.console.redraw(shown(looking, report));
    } catch (postgres::Failure const& failure) {
      session.reset();
      looking.invocation.console.say(failure.what());
    }
  } while (!looking.invocation.stop.wait_for(watch_interval));
  return exit_done;
}

/// Once, and not with every look of a watch.
void tell_remarks(postgres::Session& session, Project const& project, Console& console) {
  tell_other_history(session, console);
  with_ledger(session, [&] {
    LedgerRows const rows = ledger_exists(session) ? read_migrations(session) : LedgerRows();
    tell_same_digits(project, not_begun(project, rows), console);
  });
}

}  // namespace

int run_status(Invocation& invocation) {
  Options const& options = invocation.options;
  std::string const& format = options.text("format");
  if (format != "text" && format != "json") {
    throw UsageError("--format is text or json");
  }
  std::string const target = conninfo(options);
  Looking const looking{invocation, target, postgres::describe_target(target), format == "json"};
  tell_beside(open_project(options), invocation.console);
  if (options.flag("watch")) {
    return watch(looking);
  }
  auto session = postgres::Session::connect(looking.conninfo, "bellows status");
  tell_remarks(session, open_project(options), invocation.console);
  Outlooks outlooks;
  StatusReport const report = look(looking, session, outlooks);
  invocation.console.answer(shown(looking, report));
  bool const pending = std::ranges::any_of(report.migrations, unfinished);
  return options.flag("exit-code") && pending ? exit_pending : exit_done;
}

}  // namespace bellows::runner
