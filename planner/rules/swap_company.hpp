#pragma once

#include "planner/rules/rule.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The statements of a rename's file that belong to its last moment: CREATE OR REPLACE FUNCTION of
/// a trigger's function, which says the new name instead of the old one, and CREATE TRIGGER (OR
/// REPLACE, or behind its DROP) with other arguments. Before the swap they would read a column that
/// the rest does not know yet, after it every write would fail; so they are part of it.
namespace bellows::rules {

struct SwapCompany {
  std::vector<std::string> statements;  // with schemas, in the file's order
  std::vector<sql::QualifiedName> functions;
  std::vector<sql::Identifier> triggers;  // of the table
};

/// Whether `other` is such a statement for the rename that the question is about.
bool joins_swap(Question const& question, sql::Statement const& other);

/// Those of question.along; or why they cannot stay: they still say the old name.
std::variant<SwapCompany, Refusal> swap_company(Question const& question,
                                                catalog::Table const& table);

}  // namespace bellows::rules
