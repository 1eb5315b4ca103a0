#pragma once

#include "planner/catalog/model.hpp"

#include <string_view>

namespace bellows::catalog {

/// pg_dump has written the file, to its end: what it does not make is not there. Any other file of
/// DDL may be a part. (A dump of some tables or schemas ends in the same way.)
bool is_whole_dump(std::string_view text);

/// Of an empty catalog: that it is to hear everything, or a part, from the file that comes.
void expect(Catalog& catalog, std::string_view file);

}  // namespace bellows::catalog
