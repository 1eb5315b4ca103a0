#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/catalog/model.hpp"
#include "planner/plan/transition.hpp"
#include "planner/sql/migration.hpp"
#include "runner/rollout/project.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

/// A migration that builds on a rename's new name before the rename is contracted: expand would
/// pass, and contract, which drops the copy, never could.
namespace bellows::runner {

/// Throws Unconfirmed where one of the database's migrations is between expand and contract and
/// `migration` would build on its copy. `live`: the database's schema, in which those of
/// `contracted` have no copy any more. Reads the ledger.
void refuse_building_on_copies(postgres::Session& session, sql::Migration const& migration,
                               catalog::Catalog const& live,
                               std::set<std::string> const& contracted = {});

/// Without a database: the copies that the committed plans of a project make. Each plan is read
/// once, when a migration behind it is asked about, and a migration is held only against the copies
/// in the tables that it touches: of both a project may have a thousand. `project` must outlive it.
class CommittedCopies {
 public:
  explicit CommittedCopies(Project const& project);

  /// That what is committed for `entry` is this plan, or none: it need not be read.
  void note(Project::Entry const& entry, plan::Plan const* plan);

  /// What has to be contracted before the migration `entry` may begin, which makes `after` of
  /// `before`. A line for people each. Throws ProjectError where a plan cannot be read.
  std::vector<std::string> built_on(Project::Entry const& entry, catalog::Catalog const& before,
                                    catalog::Catalog const& after);

 private:
  struct Copy {
    std::size_t made_by;  // which of the project's entries
    plan::Transition transition;
  };

  void read_up_to(std::size_t entry);
  void add(std::size_t entry, plan::Plan const& plan);
  /// Those in `table`, as `catalog` calls it, that an entry before `entry` makes.
  void collect(std::vector<Copy const*>& copies, sql::QualifiedName const& table,
               catalog::Catalog const& catalog, std::size_t entry) const;

  Project const& project_;
  std::map<std::string, std::size_t> places_;  // of the entries, by name
  std::vector<bool> known_;                    // of each entry, whether its plan is
  std::size_t known_up_to_ = 0;
  std::map<sql::QualifiedName, std::vector<Copy>> by_table_;
};

}  // namespace bellows::runner
