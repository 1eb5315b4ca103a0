#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/catalog/model.hpp"
#include "planner/plan/plan.hpp"
#include "planner/plan/transition.hpp"
#include "runner/rollout/agenda.hpp"
#include "runner/rollout/gate.hpp"
#include "runner/rollout/project.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// What a deployment will meet, before any of it has run: each migration is judged against the
/// schema that those before it leave. `up` asks it before its first step, and so do its dry run and
/// `status`, so that the three say the same.
namespace bellows::runner {

/// One thread; `session` and `project` must outlive it. Reads, changes nothing.
class Ahead {
 public:
  Ahead(postgres::Session& session, Project const& project)
      : session_(session), project_(project) {}

  /// The next one. Throws what `up` would refuse of it once it is reached, as far as it can be
  /// told: ProjectError, Unconfirmed, StepFailed (nothing_changed). Not asked is what may be
  /// otherwise by then: a gate, a row, a lock. What comes behind it finds the schema that it leaves
  /// all the same. Its plan, of one that is to begin or goes on before its contract; else an empty
  /// one.
  plan::Plan next(Item const& item, Deployment const& deployment, GatePatience const& patience);

  /// What is there by then.
  catalog::Catalog const& schema() { return by_then(); }

 private:
  plan::Plan begin(Project::Entry const& entry);
  plan::Plan judge(Project::Entry const& entry);
  plan::Plan go_on(Item const& item, Deployment const& deployment, GatePatience const& patience);
  void contract(MigrationRow const& row, GatePatience const& patience);
  bool may_be_contracted(MigrationRow const& row);
  bool passes(MigrationRow const& row, std::vector<plan::Step> const& steps,
              GatePatience const& patience);
  void refuse_copies_to_come(sql::Migration const& migration);
  void take(MigrationRow const& row, std::vector<plan::Step> const& steps);
  catalog::Catalog& by_then();

  postgres::Session& session_;
  Project const& project_;
  bool moved_ = false;  // something runs before the next one
  std::optional<catalog::Catalog> schema_;
  /// That those before it make, and their migrations.
  std::vector<std::pair<std::string, plan::Transition>> copies_;
  std::set<std::string> contracted_;
  std::set<sql::QualifiedName> in_transition_;
  bool same_rights_ = true;
};

/// All that a deployment owes, in its order. Throws for the first one that would be refused.
void refuse_ahead(postgres::Session& session, Project const& project,
                  std::vector<Item> const& items, Deployment const& deployment,
                  GatePatience const& patience);

}  // namespace bellows::runner
