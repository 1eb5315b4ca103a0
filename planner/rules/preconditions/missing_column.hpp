#pragma once

#include "planner/rules/preconditions/precondition.hpp"

#include <optional>

namespace bellows::rules::preconditions {

/// ctid, xmin and their kin.
bool is_systems(sql::Identifier const& column);
/// The table has no such column. A relation's own name in an expression is its whole row.
bool lacks(catalog::Table const& table, sql::Identifier const& column);

struct MissingColumn {
  catalog::Table const* table;  // of the catalog
  sql::Identifier column;
};

/// Whether the catalog tells every column of the table.
using TellsAll = bool (*)(catalog::Catalog const&, catalog::Table const&);

/// The first column that the statement names of a table which does not have it; only tables of
/// which `tells_all` holds are asked about.
std::optional<MissingColumn> missing_column(Facts const& facts, TellsAll tells_all);

}  // namespace bellows::rules::preconditions
