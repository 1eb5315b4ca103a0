#pragma once

#include "planner/rules/preconditions/precondition.hpp"

#include <optional>

/// What an INSERT says of its rows, held against the table's columns. All of it rests on one
/// reading of the statement's text, and so is no row of the table of preconditions.
namespace bellows::rules::preconditions {

/// Nothing where the statement is no INSERT, or the server takes it, as far as is told.
std::optional<Finding> insert_refusal(Facts const& facts);

/// "whether …", and the SQLSTATE with which it fails otherwise.
struct InsertDoubt {
  std::string what;
  std::string_view state;
};
/// What rows there are, or what the files do not show, decides.
std::optional<InsertDoubt> insert_doubt(Facts const& facts);

}  // namespace bellows::rules::preconditions
