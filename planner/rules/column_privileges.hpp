#pragma once

#include "planner/rules/sync_trigger.hpp"

#include <string>

/// What roles may do with one column only (GRANT SELECT (title)). Grants are known to the server
/// alone, and change between plan and expand, so they are read when the step runs.
namespace bellows::rules {

/// A DO block: whoever has been granted something on the old column gets it on the new one, PUBLIC
/// and WITH GRANT OPTION as well.
std::string copy_column_privileges(SyncPair const& pair);

/// A catalog query: nobody may do on the new column what he may not on the old one.
std::string no_more_privileges(SyncPair const& pair);

}  // namespace bellows::rules
