#include "planner/plan/difference.hpp"
#include "planner/plan/mend.hpp"
#include "planner/plan/mistaken.hpp"
#include "planner/plan/privileges.hpp"
#include "planner/plan/refused_here.hpp"
#include "planner/plan/standing.hpp"
#include "planner/plan/through_client.hpp"
#include "planner/plan/unreadable.hpp"
#include "planner/plan/yaml.hpp"
#include "planner/rules/rows_elsewhere.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/begin_again.hpp"
#include "runner/rollout/copies.hpp"
#include "runner/rollout/leftovers.hpp"
#include "runner/rollout/named_there.hpp"
#include "runner/rollout/other_job.hpp"
#include "runner/rollout/rights.hpp"
#include "runner/rollout/rows_elsewhere.hpp"
#include "runner/rollout/step.hpp"
#include "runner/rollout/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace bellows::runner {
namespace {

constexpr int oldest_server = 13;

std::string reasons(plan::NoPlan const& no, std::string const& file) {
  std::string text;
  for (plan::NoPlan::Reason const& reason : no.reasons) {
    bool const sentence = reason.reason.ends_with('.');
    text += fmt::format("\n  {}:{}: [{}] {}{} {}", file, reason.at.line, reason.rule, reason.reason,
                        sentence ? "" : ";", reason.remedy);
  }
  return text;
}

/// What it makes is there: most often another tool has run it, before bellows came.
std::string what_next(plan::NoPlan const& no, std::string const& file) {
  bool const there = std::ranges::any_of(no.reasons, [](plan::NoPlan::Reason const& reason) {
    return reason.reason.find("(42P07)") != std::string::npos;
  });
  std::string const check = fmt::format(
      "bellows check --database-url URL {}, which judges it as this database does", file);
  return there ? fmt::format(
                     "where another tool has run it already, move it out of this directory, "
                     "which bellows runs (README, Coming from another tool); else {}",
                     check)
               : check;
}

[[noreturn]] void refuse(plan::NoPlan const& no, sql::Migration const& migration) {
  throw ProjectError(
      fmt::format("{} can't be run as it is:{}", migration.name, reasons(no, migration.file)),
      what_next(no, migration.file));
}

/// Also where a plan was committed: it is not what the directive was written for.
void refuse_mistaken(sql::Migration const& migration) {
  if (auto const no = plan::mistaken_directives(migration)) {
    refuse(*no, migration);
  }
}

std::string in_lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

/// A file before it says so, as far as its words tell.
bool is_made_before(Project const& project, std::string const& migration,
                    sql::QualifiedName const& table) {
  for (Project::Entry const& entry : project.entries()) {
    if (entry.name == migration) {
      break;
    }
    std::string const text = in_lower_case(read_file(entry.file));
    if (text.find("create") != std::string::npos && text.find(" table ") != std::string::npos &&
        text.find(in_lower_case(table.name.raw())) != std::string::npos) {
      return true;
    }
  }
  return false;
}

/// A table that no migration makes is known by the database alone.
std::string how_to_plan(Project const& project, plan::Plan const& plan) {
  bool const known = std::ranges::all_of(plan.relies_on, [&](plan::ReliedOn const& fact) {
    return is_made_before(project, plan.migration, fact.table);
  });
  return fmt::format("bellows plan {}{}", plan.migration, known ? "" : " --database-url URL");
}

/// For a migration without a committed plan: only what needs no review is planned on the spot.
plan::Plan plan_now(Project const& project, sql::Migration const& migration,
                    catalog::Catalog const& live) {
  auto made = plan::make_plan(migration, live);
  if (auto const* no = std::get_if<plan::NoPlan>(&made)) {
    for (plan::NoPlan::Reason const& reason : no->reasons) {
      if (reason.rule == rules::rows_elsewhere.id) {
        throw RowsElsewhere(reason.reason, reason.remedy);
      }
    }
    refuse(*no, migration);
  }
  auto& plan = std::get<plan::Plan>(made);
  if (!plan.single_phase()) {
    throw ProjectError(
        fmt::format("{} is unsafe in one go and has no committed plan", migration.name),
        fmt::format("{}, review and commit what it writes, then `bellows up` again",
                    how_to_plan(project, plan)));
  }
  return std::move(plan);
}

/// What only the author can answer for.
void ask_author(postgres::Session& session, plan::Plan const& plan,
                sql::Migration const& migration) {
  for (auto const* phase : {&plan.expand, &plan.backfill, &plan.contract}) {
    for (plan::Step const& step : *phase) {
      for (plan::Requirement const& requirement : step.requirements) {
        if (requirement.at_start && !session.run(requirement.query).truth(0, 0)) {
          throw Unconfirmed(
              fmt::format("{}: {}; nothing was begun", migration.name, requirement.otherwise),
              fmt::format("say it in {}, then bellows plan {}", migration.file, migration.name));
        }
      }
    }
  }
}

/// What a step of expand asks again under its lock: no step before it makes true what is not, since
/// what is split has its file for itself.
void ask_expand(postgres::Session& session, plan::Plan const& plan) {
  for (plan::Step const& step : plan.expand) {
    for (plan::Requirement const& requirement : step.requirements) {
      if (requirement.at_start || session.run(requirement.query).truth(0, 0)) {
        continue;
      }
      StepFailed refused(fmt::format("{}, step {}: {}; nothing was begun", plan.migration, step.id,
                                     requirement.otherwise),
                         step.id, "", "mend it, then the same command again");
      refused.migration = plan.migration;
      refused.nothing_changed = true;
      throw refused;
    }
  }
}

std::string tables_of(plan::Plan const& plan) {
  std::string tables;
  for (plan::ReliedOn const& fact : plan.relies_on) {
    tables += " " + fact.table.display();
  }
  return tables;
}

/// What of it would be planned otherwise now: "; it differs: step …". Where the steps would be the
/// same, only what they rely on is another.
std::string what_differs(plan::Plan const& plan, sql::Migration const& migration,
                         catalog::Catalog const& live) {
  constexpr std::size_t most = 3;
  auto const made = plan::make_plan(migration, live);
  if (auto const* no = std::get_if<plan::NoPlan>(&made)) {
    return "; there would be no plan now:" + reasons(*no, migration.file);
  }
  auto all = plan::differences(plan, std::get<plan::Plan>(made));
  if (all.empty()) {
    return "; the steps would be the same";
  }
  std::size_t const more = all.size() - std::min(all.size(), most);
  all.resize(all.size() - more);
  return fmt::format("; in the plan's file {}{}", fmt::join(all, "; "),
                     more == 0 ? "" : fmt::format("; and {} more", more));
}

/// Whole, before its first step: what is wrong in its contract would be met a release later.
void check_readable(plan::Plan const& plan, sql::Migration const& migration,
                    std::string const& path) {
  std::vector<std::string> known;
  for (sql::Statement const& statement : migration.up) {
    known.push_back(statement.raw.text);
  }
  if (auto const mistakes = plan::unreadable(plan, known); !mistakes.empty()) {
    throw ProjectError(fmt::format("{} can't be carried out, nothing was begun:\n  {}", path,
                                   fmt::join(mistakes, "\n  ")),
                       fmt::format("mend it; or bellows plan {} --overwrite, and review it again",
                                   migration.name));
  }
}

void check_plan(Project const& project, plan::Plan const& plan, sql::Migration const& migration,
                catalog::Catalog const& live) {
  std::string const again =
      fmt::format("{}, review the difference, commit it", how_to_plan(project, plan));
  switch (plan::standing(plan, migration, live)) {
    case plan::Standing::Current:
      return;
    case plan::Standing::OtherMigration:
      throw ProjectError(
          fmt::format("the plan file of {} is for {}", migration.name, plan.migration), again);
    case plan::Standing::OtherText:
      throw ProjectError(
          fmt::format("stale plan: {} says something else now than when it was planned{}",
                      migration.file, what_differs(plan, migration, live)),
          again);
    case plan::Standing::OtherWorld:
      throw ProjectError(
          fmt::format("stale plan: this database is not the one that {} was planned for (see{}: a "
                      "column, key or index that the plan relies on is another one here). Is an "
                      "earlier migration still waiting for its contract, or was the schema changed "
                      "by hand?{}",
                      migration.name, tables_of(plan), what_differs(plan, migration, live)),
          "bellows status; then bellows plan " + migration.name + " --database-url URL");
  }
}

/// Also one that somebody has allowed, or put into the plan by hand.
void refuse_copies_through_client(plan::Plan const& plan) {
  if (auto const copy = plan::through_client(plan)) {
    throw ProjectError(
        fmt::format("{} can't be run: `{}` moves rows over its client's connection, and bellows "
                    "sends statements only; nothing was changed",
                    plan.migration, *copy),
        "write a few rows as INSERT … VALUES; load many with psql, outside of the migrations");
  }
}

/// Before anything runs: a plan whose third step is not allowed would stop half-way.
void check_rights_of(postgres::Session& session, plan::Plan const& plan) {
  check_rights(session, plan.migration, plan::privileges(plan));
}

void check_server(catalog::Catalog const& live) {
  if (live.server_version < oldest_server) {
    throw ProjectError(fmt::format("the server is PostgreSQL {}; bellows knows {} and newer",
                                   live.server_version, oldest_server),
                       "upgrade the server");
  }
}

/// What the committed plan was made from may have known less.
void check_committed(postgres::Session& session, Project const& project, plan::Plan const& plan,
                     sql::Migration const& migration, catalog::Catalog const& before) {
  check_plan(project, plan, migration, before);
  refuse_rows_elsewhere(session, plan);
  if (auto const no = plan::refused_here(migration, before)) {
    refuse(*no, migration);
  }
  check_readable(plan, migration, project.plan_path(migration.name).string());
}

plan::Plan planned(postgres::Session& session, Project const& project,
                   Project::Entry const& entry) {
  sql::Migration const migration = Project::read(entry);
  auto const committed = project.committed_plan(entry.name);
  refuse_over_leftovers(session, migration, committed ? &*committed : nullptr);
  catalog::Catalog const live = catalog::read_catalog(session);
  check_server(live);
  // Before the plan is held against the database: while the copy is there it would be called stale.
  refuse_building_on_copies(session, migration, live);
  plan::Plan const plan = committed ? *committed : plan_now(project, migration, live);
  if (committed) {
    refuse_mistaken(migration);
    check_committed(session, project, plan, migration, live);
  }
  ask_author(session, plan, migration);
  ask_expand(session, plan);
  return plan;
}

/// Where a statement changes a table in a way that its text does not show, or a rename has it in
/// two states, the replay is not what will be there.
bool is_doubtful(plan::Plan const& plan, LaterWorld const& world) {
  return std::ranges::any_of(plan.relies_on, [&](plan::ReliedOn const& fact) {
    catalog::Table const* table = world.schema.table(fact.table);
    return world.in_transition.contains(fact.table) || (table != nullptr && !table->unseen.empty());
  });
}

plan::Plan planned_later(postgres::Session& session, Project const& project,
                         Project::Entry const& entry, LaterWorld const& world) {
  sql::Migration const migration = Project::read(entry);
  auto const committed = project.committed_plan(entry.name);
  refuse_over_leftovers(session, migration, committed ? &*committed : nullptr);
  refuse_building_on_copies(session, migration, world.schema, world.contracted);
  plan::Plan const plan = committed ? *committed : plan_now(project, migration, world.schema);
  if (committed) {
    refuse_mistaken(migration);
    bool const other_world =
        plan::standing(plan, migration, world.schema) == plan::Standing::OtherWorld;
    if (!other_world || !is_doubtful(plan, world)) {
      check_committed(session, project, plan, migration, world.schema);
    }
  }
  ask_author(session, plan, migration);
  return plan;
}

[[noreturn]] void refuse_again(plan::NoPlan const& no, BegunAgain const& again,
                               sql::Migration const& migration) {
  throw ProjectError(fmt::format("{} can't go on behind what an abort has left of it:{}",
                                 migration.name, reasons(no, migration.file)),
                     again.in_the_way.empty()
                         ? what_next(no, migration.file)
                         : fmt::format("if nothing needs what is in the way: {}; then the same "
                                       "command again",
                                       fmt::join(again.in_the_way, "; ")));
}

struct Accepted {
  plan::Plan plan;
  std::vector<plan::Step> stayed;  // of it, and not run again
};

/// What an abort has left is gone on behind; where that can't be, it is begun as any other.
Accepted accepted(postgres::Session& session, Project const& project, Project::Entry const& entry) {
  Accepted taken;
  if (auto again = begun_again(session, project, entry)) {
    if (auto const* no = std::get_if<plan::NoPlan>(&again->plan)) {
      refuse_again(*no, *again, Project::read(entry));
    }
    taken = {std::get<plan::Plan>(std::move(again->plan)), std::move(again->stayed)};
  } else {
    taken.plan = planned(session, project, entry);
  }
  refuse_copies_through_client(taken.plan);
  refuse_other_job(session, taken.plan, Project::read(entry).file);
  refuse_rows_elsewhere(session, taken.plan);
  refuse_not_there(session, taken.plan);
  check_rights_of(session, taken.plan);
  return taken;
}

}  // namespace

plan::Plan acceptable_plan(postgres::Session& session, Project const& project,
                           Project::Entry const& entry) {
  return accepted(session, project, entry).plan;
}

plan::Plan acceptable_plan_later(postgres::Session& session, Project const& project,
                                 Project::Entry const& entry, LaterWorld const& world) {
  plan::Plan plan = planned_later(session, project, entry, world);
  refuse_copies_through_client(plan);
  refuse_rows_elsewhere(session, plan);
  refuse_not_there(session, plan, world.same_rights);
  if (world.same_rights) {
    check_rights_of(session, plan);
  }
  return plan;
}

bool may_be_mended(MigrationRow const& row) {
  return in_progress(row.state) && row.state != State::Aborting && row.phase == Phase::Expand &&
         plan::from_yaml(row.plan).single_phase();
}

plan::Plan mended_plan(postgres::Session& session, Project::Entry const& entry,
                       MigrationRow const& row) {
  std::set<std::string> done;
  for (auto const& [step, state] : read_steps(session, row.name)) {
    if (state == StepState::Done) {
      done.insert(step);
    }
  }
  sql::Migration const file = Project::read(entry);
  auto made =
      plan::mended_plan(plan::from_yaml(row.plan), done, file, catalog::read_catalog(session));
  if (auto const* no = std::get_if<plan::NoPlan>(&made)) {
    throw ProjectError(
        fmt::format("{} can't go on as it is now:{}", row.name, reasons(*no, file.file)),
        fmt::format("mend {}, what has run excepted, then bellows resume", file.file));
  }
  if (auto const* cannot = std::get_if<plan::CannotMend>(&made)) {
    throw ProjectError(
        fmt::format("{} was changed after it ran (not only in its comments): {}", entry.label,
                    cannot->why),
        "restore what has run, and mend only what stands behind it; bellows status tells the step");
  }
  refuse_copies_through_client(std::get<plan::Plan>(made));
  check_rights_of(session, std::get<plan::Plan>(made));
  return std::get<plan::Plan>(std::move(made));
}

MigrationRow mend(Run& run, Project::Entry const& entry, MigrationRow row) {
  run.asking([&](postgres::Session& session) {
    row.plan = plan::to_yaml(mended_plan(session, entry, row));
  });
  row.meaning = Project::read(entry).meaning;
  run.write([&](postgres::Transaction&, Journal& journal) {
    journal.mended(row.name, row.meaning, row.plan);
  });
  run.voice().say(fmt::format("{} was mended: what has run stays, the rest is as the file says now",
                              entry.label));
  return row;
}

MigrationRow accept(Run& run, Project const& project, Project::Entry const& entry,
                    std::string const& release) {
  Accepted taken;
  run.asking([&](postgres::Session& session) { taken = accepted(session, project, entry); });
  MigrationRow row;
  row.name = entry.name;
  row.meaning = Project::read(entry).meaning;
  row.plan = plan::to_yaml(taken.plan);
  row.state = State::Expanding;
  row.phase = Phase::Expand;
  row.release = release;
  run.write([&](postgres::Transaction&, Journal& journal) {
    journal.start(row);
    for (plan::Step const& step : taken.stayed) {
      journal.step(row.name, step.id, StepState::Done);
    }
  });
  for (plan::Step const& step : taken.stayed) {
    run.voice().say(fmt::format("{} is there from before, and not run again", in_words(step)));
  }
  return row;
}

}  // namespace bellows::runner
