#pragma once

#include <string>
#include <string_view>

namespace bellows::sql {

/// The text with A to Z in lower case, as PostgreSQL folds keywords; other bytes stay. Pure.
std::string lower(std::string_view text);

}  // namespace bellows::sql
