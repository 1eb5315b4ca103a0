#include "planner/plan/relied_on.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "runner/rollout/advance.hpp"

#include <fmt/core.h>

namespace bellows::runner {
namespace {

constexpr int oldest_server = 13;

std::string reasons(plan::NoPlan const& no, std::string const& file) {
  std::string text;
  for (plan::NoPlan::Reason const& reason : no.reasons) {
    text += fmt::format("\n  {}:{}: [{}] {}; {}", file, reason.at.line, reason.rule, reason.reason,
                        reason.remedy);
  }
  return text;
}

/// For a migration without a committed plan: only what needs no review is planned on the spot.
plan::Plan plan_now(sql::Migration const& migration, catalog::Catalog const& live) {
  auto made = plan::make_plan(migration, live);
  if (auto const* no = std::get_if<plan::NoPlan>(&made)) {
    throw ProjectError(
        fmt::format("{} can't be run as it is:{}", migration.name, reasons(*no, migration.file)),
        "bellows check " + migration.file);
  }
  auto& plan = std::get<plan::Plan>(made);
  if (!plan.single_phase()) {
    throw ProjectError(
        fmt::format("{} is unsafe in one go and has no committed plan", migration.name),
        fmt::format("bellows plan {}, review and commit what it writes, then `bellows up` again",
                    migration.name));
  }
  return std::move(plan);
}

void check_plan(plan::Plan const& plan, sql::Migration const& migration,
                catalog::Catalog const& live) {
  std::string const again =
      fmt::format("bellows plan {}, review the difference, commit it", migration.name);
  if (plan.migration != migration.name) {
    throw ProjectError(fmt::format("the plan file of {} is for {}", migration.name, plan.migration),
                       again);
  }
  if (plan.source_meaning != migration.meaning) {
    throw ProjectError(
        fmt::format("stale plan: {} says something else now than when it was planned",
                    migration.file),
        again);
  }
  std::string const facts = plan::relied_on(live, plan.relies_on);
  if (plan.catalog != facts) {
    std::string tables;
    for (plan::ReliedOn const& fact : plan.relies_on) {
      tables += " " + fact.table.display();
    }
    throw ProjectError(
        fmt::format(
            "stale plan: this database is not the one that {} was planned for (see{}: a column, "
            "key "
            "or index that the plan relies on is another one here). Is an earlier migration still "
            "waiting for its contract, or was the schema changed by hand?",
            migration.name, tables),
        "bellows status; then bellows plan " + migration.name + " --database-url …");
  }
}

}  // namespace

plan::Plan acceptable_plan(postgres::Session& session, Project const& project,
                           Project::Entry const& entry) {
  sql::Migration const migration = Project::read(entry);
  catalog::Catalog const live = catalog::read_catalog(session);
  if (live.server_version < oldest_server) {
    throw ProjectError(fmt::format("the server is PostgreSQL {}; bellows knows {} and newer",
                                   live.server_version, oldest_server),
                       "upgrade the server");
  }
  auto const committed = project.committed_plan(entry.name);
  if (!committed) {
    return plan_now(migration, live);
  }
  check_plan(*committed, migration, live);
  return *committed;
}

MigrationRow accept(Run& run, Project const& project, Project::Entry const& entry,
                    std::string const& release) {
  plan::Plan const plan = acceptable_plan(run.session(), project, entry);
  MigrationRow row;
  row.name = entry.name;
  row.meaning = Project::read(entry).meaning;
  row.plan = plan::to_yaml(plan);
  row.state = State::Expanding;
  row.phase = Phase::Expand;
  row.release = release;
  run.write([&](postgres::Transaction&, Journal& journal) { journal.start(row); });
  return row;
}

}  // namespace bellows::runner
