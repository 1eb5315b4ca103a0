#pragma once

#include "planner/catalog/model.hpp"
#include "runner/rollout/project.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// plan --check: whether what is committed is what would be carried out. Reads files, writes none.
namespace bellows::runner {

struct PlanState {
  enum class Kind : std::uint8_t {
    Current,
    NotNeeded,  // it runs in one go, as it stands
    NoPlan,     // none can be made, and there is none: `up` would refuse it
    Wrong       // missing, stale, or not readable
  };
  Kind kind = Kind::Current;
  std::string mistake{};     // a line that names the file; of NoPlan and Wrong
  bool by_planning = false;  // `bellows plan` mends it
};

/// `before`: the schema that the migration finds.
PlanState plan_state(Project const& project, Project::Entry const& entry,
                     sql::Migration const& migration, catalog::Catalog const& before);

/// A line for each plan file that belongs to no migration, in the order of their names.
std::vector<std::string> orphaned_plans(Project const& project, std::string const& plans);

}  // namespace bellows::runner
