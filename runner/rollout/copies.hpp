#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/catalog/model.hpp"
#include "planner/plan/transition.hpp"
#include "planner/sql/migration.hpp"
#include "runner/rollout/project.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// A migration that builds on a rename's new name before the rename is contracted: expand would
/// pass, and contract, which drops the copy, never could.
namespace bellows::runner {

/// Throws Unconfirmed where one of the database's migrations is between expand and contract and
/// `migration` would build on its copy. `live`: the database's schema. Reads the ledger.
void refuse_building_on_copies(postgres::Session& session, sql::Migration const& migration,
                               catalog::Catalog const& live);

/// Without a database: the copies that the committed plans of a project make. Each plan is read
/// once, when a migration behind it is asked about: to read all of them for each of a thousand
/// migrations took minutes. `project` must outlive it.
class CommittedCopies {
 public:
  explicit CommittedCopies(Project const& project) : project_(project) {}

  /// What has to be contracted before `migration`, which is `entry`, may begin. A line for people
  /// each; `before` is the schema it finds. Throws ProjectError where a plan cannot be read.
  std::vector<std::string> built_on(Project::Entry const& entry, sql::Migration const& migration,
                                    catalog::Catalog const& before);

 private:
  std::optional<plan::Transition> const& of(std::string const& migration);

  Project const& project_;
  std::map<std::string, std::optional<plan::Transition>> read_;
};

}  // namespace bellows::runner
