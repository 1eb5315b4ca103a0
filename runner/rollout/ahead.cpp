#include "runner/rollout/ahead.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/ask_rights.hpp"
#include "runner/rollout/journaled.hpp"
#include "runner/rollout/rights.hpp"
#include "runner/rollout/rolled_back.hpp"
#include "runner/rollout/rows_elsewhere.hpp"
#include "runner/rollout/sync_off.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bellows::runner {
namespace {

/// After it a role may do more or less than it may now; or nobody knows.
bool changes_rights(sql::Migration const& migration) {
  static constexpr std::array words{"GRANT", "REVOKE", "OWNER",         "OWNED", "ROLE",
                                    "USER",  "DROP",   "AUTHORIZATION", "$"};
  return std::ranges::any_of(migration.up, [](sql::Statement const& statement) {
    std::string text = statement.raw.text;
    std::ranges::transform(text, text.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return std::ranges::any_of(
        words, [&](char const* word) { return text.find(word) != std::string::npos; });
  });
}

std::string name_before(Project const& project, std::string const& name) {
  std::string before;
  for (Project::Entry const& entry : project.entries()) {
    if (entry.name == name) {
      break;
    }
    before = entry.name;
  }
  return before;
}

}  // namespace

catalog::Catalog& Ahead::by_then() {
  if (!schema_) {
    schema_ = catalog::read_catalog(session_);
  }
  return *schema_;
}

plan::Plan Ahead::next(Item const& item, Deployment const& deployment,
                       GatePatience const& patience) {
  switch (item.task) {
    case Task::Begin:
      return begin(*item.entry);
    case Task::GoOn:
      return go_on(item, deployment, patience);
    case Task::Contract:
      contract(*item.row, patience);
      return {};
    default:
      return {};
  }
}

plan::Plan Ahead::begin(Project::Entry const& entry) {
  sql::Migration const migration = Project::read(entry);
  by_then();
  auto const pass = [&] {
    moved_ = true;
    same_rights_ = same_rights_ && !changes_rights(migration);
    catalog::replay(by_then(), migration);
  };
  try {
    plan::Plan plan = judge(entry);
    pass();
    if (auto transition = plan::transition_of(plan)) {
      in_transition_.insert(transition->table);
      copies_.emplace_back(entry.name, std::move(*transition));
    }
    return plan;
  } catch (...) {
    pass();
    throw;
  }
}

plan::Plan Ahead::judge(Project::Entry const& entry) {
  if (!moved_) {
    return acceptable_plan(session_, project_, entry);
  }
  refuse_copies_to_come(Project::read(entry));
  return acceptable_plan_later(session_, project_, entry,
                               {.schema = by_then(),
                                .contracted = contracted_,
                                .in_transition = in_transition_,
                                .same_rights = same_rights_});
}

/// Of those that have not begun either.
void Ahead::refuse_copies_to_come(sql::Migration const& migration) {
  if (copies_.empty()) {
    return;
  }
  catalog::Catalog then = by_then();
  catalog::replay(then, migration);
  for (auto const& [name, transition] : copies_) {
    auto const what = plan::touches_copy(transition, by_then(), then);
    if (!what.empty()) {
      throw Unconfirmed(
          fmt::format("{} builds on {}.{}, which would be a copy until {} is contracted, and "
                      "contract drops it: with {} it never could; nothing was begun",
                      migration.name, transition.table.name.quoted(), transition.to.quoted(), name,
                      fmt::join(what, ", ")),
          fmt::format("put {0} into a later release; or, now: bellows up --to {1}, and once no "
                      "running application uses {2}: bellows contract {3}, then go on with {0}",
                      migration.name, name_before(project_, migration.name),
                      transition.from.quoted(), name));
    }
  }
}

/// Its own statements, but for those that have run.
void Ahead::take(MigrationRow const& row, std::vector<plan::Step> const& steps) {
  auto const journaled = read_steps(session_, row.name);
  for (plan::Step const& step : steps) {
    auto const* run = std::get_if<plan::RunSql>(&step.action);
    if (run == nullptr || is(journaled, step, StepState::Done)) {
      continue;
    }
    for (std::string const& statement : run->statements) {
      catalog::replay_text(by_then(), statement);
    }
  }
}

plan::Plan Ahead::go_on(Item const& item, Deployment const& deployment,
                        GatePatience const& patience) {
  MigrationRow const& row = *item.row;
  plan::Plan plan = plan::from_yaml(row.plan);
  if (row.state == State::Aborting) {  // what it takes back is not followed
    moved_ = true;
    for (plan::ReliedOn const& fact : plan.relies_on) {
      in_transition_.insert(fact.table);
    }
    return plan;
  }
  check_sync(session_, row);
  if (row.phase == Phase::Contract) {
    check_not_rolled_back(deployment.known, row);
    check_verified(session_, row);
    contract(row, patience);
    return {};
  }
  if (item.mended) {
    plan = mended_plan(session_, *item.entry, row);
  }
  refuse_rows_elsewhere(session_, plan);
  for (auto const* steps : {&plan.expand, &plan.backfill}) {
    if (!item.mended) {
      check_rights(session_, row.name, still_needed(session_, row, *steps));
    }
    take(row, *steps);
  }
  moved_ = true;
  if (auto const transition = plan::transition_of(plan)) {
    in_transition_.insert(transition->table);  // its copy is told by the ledger
  }
  return plan;
}

/// Else it stays expanded.
bool Ahead::may_be_contracted(MigrationRow const& row) {
  try {
    check_verified(session_, row);
    check_sync(session_, row);
    return true;
  } catch (Unconfirmed const&) {
    return false;
  }
}

/// Its gates are open, or so soon that they are waited for.
bool Ahead::passes(MigrationRow const& row, std::vector<plan::Step> const& steps,
                   GatePatience const& patience) {
  auto const journaled = read_steps(session_, row.name);
  return std::ranges::all_of(steps, [&](plan::Step const& step) {
    auto const* gate = std::get_if<plan::Gate>(&step.action);
    if (gate == nullptr || is(journaled, step, StepState::Done)) {
      return true;
    }
    auto const state = peek_at_gate(session_, row.name, step.id, *gate, patience.quiet);
    return state.open || (state.opens_by_itself && patience.wait >= patience.quiet);
  });
}

void Ahead::contract(MigrationRow const& row, GatePatience const& patience) {
  std::vector<plan::Step> const steps = plan::from_yaml(row.plan).contract;
  if (!may_be_contracted(row)) {
    return;
  }
  check_rights(session_, row.name, still_needed(session_, row, steps));
  if (passes(row, steps, patience)) {
    moved_ = true;
    contracted_.insert(row.name);
    take(row, steps);
  }
}

void refuse_ahead(postgres::Session& session, Project const& project,
                  std::vector<Item> const& items, Deployment const& deployment,
                  GatePatience const& patience) {
  Ahead ahead(session, project);
  for (Item const& item : items) {
    ahead.next(item, deployment, patience);
  }
}

}  // namespace bellows::runner
