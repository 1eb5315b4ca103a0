#pragma once

#include <initializer_list>
#include <string_view>

/// What leaves no trace in a tree is looked for among the words of the statement. Upper case is
/// given, either is found.
namespace bellows::sql {

bool same_word(std::string_view text, std::string_view upper);

/// These words stand side by side, outside of quotes and comments. The first one is a word that few
/// statements have.
bool says(std::string_view text, std::initializer_list<std::string_view> words);

/// ENFORCED behind a clause of a constraint, and no name of anything. `depth`: of the parentheses
/// around the clause.
bool says_enforced(std::string_view text, int depth);

}  // namespace bellows::sql
