#pragma once

#include "planner/catalog/model.hpp"

#include <string>
#include <string_view>

namespace bellows::catalog {

/// The snapshot file: JSON with sorted keys, two spaces, one trailing newline; the same catalog
/// gives the same bytes. Row counts and sizes are kept only when `with_sizes`: they change by the
/// minute, and a committed file should not.
std::string to_json(Catalog const& catalog, bool with_sizes = false);

/// Throws std::invalid_argument that names the field when the text is not such a file.
Catalog from_json(std::string_view text);

}  // namespace bellows::catalog
