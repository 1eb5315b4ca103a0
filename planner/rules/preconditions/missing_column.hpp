#pragma once

#include "planner/rules/preconditions/precondition.hpp"

namespace bellows::rules::preconditions {

/// The first column that the statement names of its target and that the table does not have, as far
/// as the catalog tells; empty where there is none. Whether the catalog tells everything is the
/// caller's matter.
sql::Identifier missing_column(Facts const& facts, catalog::Table const& table);

}  // namespace bellows::rules::preconditions
