#pragma once

#include "tests/runner/agree/dice.hpp"

#include <string>
#include <string_view>

/// Types and what fits them, as text.
namespace bellows::agree {

/// As SQL would have it: a type that most columns could have.
std::string any_type(Dice& dice);
/// One that a column of type `from` (as format_type() prints it) is plausibly changed to.
std::string next_type(Dice& dice, std::string const& from);
/// A constant of the type; "NULL" where none is known.
std::string constant_of(Dice& dice, std::string const& type);
/// A boolean expression of a column.
std::string predicate_of(Dice& dice, std::string const& column, std::string const& type);
/// An immutable one that is no plain column.
std::string expression_of(std::string const& column, std::string const& type);
bool is_integer(std::string_view type);

}  // namespace bellows::agree
