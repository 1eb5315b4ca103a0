#pragma once

#include "planner/plan/plan.hpp"

#include <cstdint>
#include <string>

/// What contract makes final in rows whose two sides differ: the copy goes, the original stays.
/// Pure; for people.
namespace bellows::runner {

/// "contract keeps what name holds in these 4 rows, as display_name, and drops the copy: what was
/// written to display_name alone is lost there". Without a copy: "contract makes that final".
std::string kept_side(plan::Plan const& plan, std::int64_t rows);

/// What one may choose beside putting the rows right: "to keep what name holds in these 4 rows and
/// lose what only display_name has".
std::string choice_of_side(plan::Plan const& plan, std::int64_t rows);

}  // namespace bellows::runner
