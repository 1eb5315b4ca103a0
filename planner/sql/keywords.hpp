#pragma once

#include <string>

namespace bellows::sql {

/// A word in lower case that cannot be a name everywhere without quotes, by PostgreSQL's grammar.
bool is_keyword(std::string const& word);
/// A word that the grammar gives a meaning somewhere.
bool is_any_keyword(char const* word);

}  // namespace bellows::sql
