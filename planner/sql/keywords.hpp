#pragma once

#include <string>

namespace bellows::sql {

/// A word in lower case that cannot be a name everywhere without quotes, by PostgreSQL's grammar.
bool is_keyword(std::string const& word);
/// A word that the grammar gives a meaning somewhere.
bool is_any_keyword(char const* word);
/// The keyword that is one slip of the fingers away from a word of four letters or more, itself no
/// keyword, in lower case; of several, one by swapped letters. Empty: none.
std::string keyword_meant(std::string const& word);

}  // namespace bellows::sql
