#include "batcher/job/progress.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/cli/command.hpp"
#include "runner/cli/remarks.hpp"
#include "runner/cli/report_status.hpp"
#include "runner/ddl/attended.hpp"
#include "runner/ddl/interrupted.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/ledger/waits.hpp"
#include "runner/rollout/agenda.hpp"
#include "runner/rollout/at_hand.hpp"
#include "runner/rollout/outlook_facts.hpp"
#include "runner/rollout/rights.hpp"
#include "runner/rollout/step.hpp"
#include "runner/rollout/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <utility>

/// status: reads, never writes; not even the ledger where there is none.
namespace bellows::runner {
namespace {

/// A run's own word for the step that it is at, or was at when it ended.
std::string said_step(MigrationStatus const& status) {
  if (status.hold) {
    return status.hold->hold.job.substr(status.name.size() + 1);
  }
  return status.ending ? status.ending->step : "";
}

void add_progress(postgres::Session& session, plan::Step const& step, MigrationStatus& status) {
  if (std::holds_alternative<plan::Batch>(step.action)) {
    std::string const job = job_id(status.name, step);
    status.progress = batcher::read_progress(session, job);
    status.dead_letters = batcher::read_dead_letters(session, job, 10);
  }
}

void add_details(postgres::Session& session, MigrationRow const& row, MigrationStatus& status) {
  plan::Plan const plan = plan::from_yaml(row.plan);
  std::string const said = row.failed_step.empty() ? said_step(status) : row.failed_step;
  if (plan::Step const* step = step_at_hand(plan, row.phase, read_steps(session, row.name), said)) {
    status.current_step = step->id;
    status.purpose = purpose_of(*step);
    add_progress(session, *step, status);
  }
  bool const waits = row.state == State::Backfilled;
  for (plan::Step const& step : plan.contract) {
    if (waits && std::holds_alternative<plan::Gate>(step.action)) {
      status.gates.emplace_back(step.id, purpose_of(step));
    }
  }
  status.application = plan.application;
}

/// What is next, and what of the migrations would be refused. Where something is pending the
/// catalog is read for it; a watch does that again when something has happened, and every half
/// minute.
class Outlooks {
 public:
  void add_to(StatusReport& report, postgres::Session& session, Project const& project) {
    std::string key = key_of(report);
    auto const now = std::chrono::steady_clock::now();
    bool const at_work = report.holder.has_value();  // facts are cheap, and what holds it changes
    if (at_work || key != key_ || now - read_at_ > good_for) {
      facts_ = read_outlook_facts(session, &project, at_work);
      key_ = std::move(key);
      read_at_ = now;
    }
    report.outlook = outlook(facts_);
    for (OutlookFacts::Migration const& fact : facts_.migrations) {
      auto const found = std::ranges::find(report.migrations, fact.name, &MigrationStatus::name);
      if (found != report.migrations.end()) {
        found->refused =
            first_of({&fact.refused, &fact.not_contract, &fact.not_again, &fact.rights});
        found->held_back = fact.held_back;
        if (fact.sync_off) {  // then both names are not in step
          found->application.clear();
        }
      }
    }
  }

 private:
  static constexpr std::chrono::seconds good_for{30};

  static std::optional<Refusal> first_of(
      std::initializer_list<std::optional<Refusal> const*> refusals) {
    auto const* const found =
        std::ranges::find_if(refusals, [](auto const* each) { return each->has_value(); });
    return found == refusals.end() ? std::nullopt : **found;
  }

  static std::string key_of(StatusReport const& report) {
    std::string key = report.holder ? "at work" : report.lost ? "lost" : "idle";
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

/// What the run that is at work says, on the migration that it is at work on.
std::optional<HoldSince> hold_on(std::string const& name, std::optional<HoldSince> const& hold) {
  return hold && hold->hold.job.starts_with(name + "/") ? hold : std::nullopt;
}

MigrationStatus from_row(postgres::Session& session, MigrationRow const& row,
                         StatusReport const& report, std::optional<HoldSince> const& hold) {
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
  for (Verifier const& each : report.verifiers) {
    status.verifier = each.is_at(row.name) ? std::optional(each) : status.verifier;
  }
  if (row.state != State::Contracted && row.state != State::Aborted) {
    status.hold = hold_on(row.name, hold);
    status.ending = read_ending(session, row.name);
    add_details(session, row, status);
  }
  if (auto const outcome = read_outcome(session, row.name);
      outcome && outcome->differing > 0 && row.state == State::Backfilled) {
    status.differs = outcome;
  }
  return status;
}

StatusReport read_status(postgres::Session& session, Project const& project) {
  StatusReport report;
  bool const ledger = ledger_exists(session);
  auto rows = ledger ? read_migrations(session) : std::map<std::string, MigrationRow>{};
  report.never_ran = !ledger;
  report.another_project = is_of_another_project(project, rows);
  std::optional<HoldSince> hold;
  if (ledger) {
    report.controls = batcher::read_controls(session);
    report.verifiers = read_verifiers(session);
    report.holder = read_holder(session);
    report.lost = report.holder ? std::nullopt : read_lost_holder(session);
    hold = report.holder ? read_hold(session) : hold;
    report.held = report.holder && !hold ? read_wait(session) : std::nullopt;
    Releases const known = read_releases(session);
    report.deployed = known.last_before("");
    report.newest = known.newest();
    report.rollback = known.are_rolled_back();
    report.missing = missing_in(session, rows, known, report.deployed.name);
  }
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
    report.migrations.push_back(from_row(session, found->second, report, hold));
    report.migrations.back().meaning = Project::read(entry).meaning;
    report.migrations.back().file_changed =
        report.migrations.back().meaning != found->second.meaning;
    rows.erase(found);
  }
  for (auto const& [name, row] : rows) {  // the database is ahead of this checkout
    report.migrations.push_back(from_row(session, row, report, hold));
    report.migrations.back().file_missing = true;
  }
  if (!report.holder) {
    report.leftovers = read_leftovers(session);
  }
  return report;
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

void attended(Looking const& looking, postgres::Session& session,
              std::function<void()> const& body) {
  ddl::attended(session, {.conninfo = looking.conninfo, .stop = &looking.invocation.stop},
                [&] { with_ledger(session, body); });
}

StatusReport look(Looking const& looking, postgres::Session& session, Outlooks& outlooks) {
  StatusReport report;
  Project const project = open_project(looking.invocation.options);
  attended(looking, session, [&] { report = read_status(session, project); });
  report.target = looking.target;
  try {
    attended(looking, session, [&] { outlooks.add_to(report, session, project); });
  } catch (ddl::HeldUp const& held) {  // the ledger has told where each of them stands
    looking.invocation.console.say(fmt::format("what is next is not known: {}", held.what()));
    report.outlook = {.next = held.next, .up_to_date = false, .owes = true};
  }
  return report;
}

std::string shown(Looking const& looking, StatusReport const& report) {
  return looking.json ? status_json(report)
                      : looking.invocation.console.typed(status_text(
                            report, looking.invocation.console.colour(), Console::fit()));
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
    } catch (ddl::HeldUp const& held) {
      looking.invocation.console.say(fmt::format("{}\n  next: {}", held.what(), held.next));
    } catch (ddl::Interrupted const&) {
      return exit_done;
    }
  } while (!looking.invocation.stop.wait_for(watch_interval));
  return exit_done;
}

/// Once, and not with every look of a watch.
void tell_remarks(postgres::Session& session, Project const& project, Console& console) {
  tell_other_history(session, console);
  LedgerRows const rows = ledger_exists(session) ? read_migrations(session) : LedgerRows();
  tell_order(project, not_begun(project, rows), console);
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
  attended(looking, session,
           [&] { tell_remarks(session, open_project(options), invocation.console); });
  Outlooks outlooks;
  StatusReport const report = look(looking, session, outlooks);
  invocation.console.answer(shown(looking, report));
  return options.flag("exit-code") && report.outlook.owes ? exit_pending : exit_done;
}

}  // namespace bellows::runner
