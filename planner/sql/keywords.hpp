#pragma once

#include <string>

namespace bellows::sql {

/// A word in lower case that cannot be a name everywhere without quotes, by PostgreSQL's grammar.
bool is_keyword(std::string const& word);

}  // namespace bellows::sql
