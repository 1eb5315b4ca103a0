#pragma once

#include <string_view>

namespace bellows::sql {

/// Whether the text marks a section as the way there (`-- bellows: up`, or as another tool does).
/// Pure.
bool has_up_marker(std::string_view text);

}  // namespace bellows::sql
