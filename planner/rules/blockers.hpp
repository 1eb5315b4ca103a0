#pragma once

#include "planner/rules/hazard_signs.hpp"

#include <string>
#include <vector>

/// What holds on to the column, constraint, relation or type that a statement drops, or whose type
/// it changes. As far as the catalog tells.
namespace bellows::rules {

using Blockers = std::vector<std::string>;  // "view public.user_names"

/// Empty for statements that neither drop anything nor change a type.
Blockers dependents_of(signs::Sign const& sign);

/// What reads the column's values and would go with it, or forbid that it goes: views, rules,
/// policies, triggers by their WHEN, generated columns, functions, publications' lists, foreign
/// keys of other tables. Not what is the table's own and can be made again: indexes, constraints,
/// UPDATE OF lists.
Blockers built_on(catalog::Catalog const& catalog, catalog::Table const& table,
                  sql::Identifier const& column);

bool says_cascade(signs::Sign const& sign);

}  // namespace bellows::rules
