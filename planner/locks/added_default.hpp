#pragma once

#include "planner/locks/facts.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace bellows::locks {

/// Whether each row that is there gets a value of its own: the table is rewritten then. A volatile
/// function does that; of others PostgreSQL notes the one value in the catalog (tablecmds.c,
/// ATExecAddColumn; heap.c, AddRelationNewConstraints).
enum class PerRow : std::uint8_t { No, Unknown, Yes };

struct AddedDefault {
  std::string expression;
  PerRow per_row = PerRow::No;
};

/// The default of an ADD COLUMN, its domain's where it has none of its own; nothing without one.
std::optional<AddedDefault> added_default(Facts const& facts);

}  // namespace bellows::locks
