#pragma once

#include <string_view>

namespace bellows::sql {

/// libpg_query writes, reads and deparses its trees by recursion without a limit: a chain of some
/// thousand operators (`a + a + …`) or UNIONs ends the process. Throws SyntaxError for a text whose
/// tree could be that deep; lists, however long, are not deep.
void require_shallow(std::string_view text);

}  // namespace bellows::sql
