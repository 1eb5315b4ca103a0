#pragma once

#include "planner/catalog/model.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace bellows::catalog {

enum class FunctionUse : std::uint8_t { Trigger, Default, GeneratedColumn, Check, Index };

struct FunctionUser {
  QualifiedName table;
  FunctionUse use;
  Identifier name;  // of the trigger, column, constraint or index
};

/// What of tables goes with a function. `arguments`: how many it takes, where that is said; those
/// of the same name and number are not told apart. Policies, views and other functions are not
/// among them: the catalog does not know what those call.
std::vector<FunctionUser> users_of_function(Catalog const& catalog, QualifiedName const& function,
                                            std::optional<std::size_t> arguments);

}  // namespace bellows::catalog
