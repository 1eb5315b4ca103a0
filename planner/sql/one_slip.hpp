#pragma once

#include <string_view>

namespace bellows::sql {

/// Whether two neighbouring letters of `meant` have changed places in `typed`, and nothing else.
/// Pure.
bool is_swapped(std::string_view typed, std::string_view meant);

/// Whether one slip of the fingers is between the two: a letter too many, one missing, another one,
/// or two that changed places. Not where they are the same. Pure.
bool is_one_slip(std::string_view typed, std::string_view meant);

}  // namespace bellows::sql
