#pragma once

#include "planner/rules/review.hpp"

#include <vector>

/// What the other statements of a file mean for what was found about one: a remedy that they carry
/// out already, or company in which it cannot be split.
namespace bellows::rules {

/// After all statements were asked one by one; `catalog` as the file leaves it. Verdicts are the
/// caller's to make again.
void weigh_company(std::vector<Reviewed>& all, catalog::Catalog const& catalog);

/// Nothing stands in the file beside a statement that is split, but for settings and brackets,
/// which go along, and what its rule takes into its phases.
bool stands_alone(std::vector<Reviewed> const& all, Reviewed const& split,
                  catalog::Catalog const& catalog);

/// CREATE TABLE and everything else that makes a relation.
bool makes_table(sql::Statement const& statement);

}  // namespace bellows::rules
