#pragma once

#include "planner/sql/statement.hpp"

#include <cstddef>
#include <functional>
#include <string_view>

namespace bellows::sql {

/// Gives the statements of a script that is all up, in order, while those behind them are read on
/// all cores: of a large one, a schema dump, neither tokens nor statements are ever all there.
/// False where that cannot be (a section marker, an encoding that is not read, a statement that no
/// piece ends with); some may have been given by then, and read_migration() has to read it whole.
bool read_in_pieces(std::string_view text, std::function<void(Statement const&)> const& take);

}  // namespace bellows::sql
