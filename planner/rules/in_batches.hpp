#pragma once

#include "planner/rules/rule.hpp"

#include <optional>
#include <string>
#include <vector>

/// What the statements that are carried over a table in batches have in common.
namespace bellows::rules {

/// The rows of `name` exist and somebody may want them: not where the migration itself made it.
bool has_rows(catalog::Catalog const& catalog, sql::QualifiedName const& name);

/// The statement and what changes rows within it.
std::vector<sql::Statement const*> parts_of(sql::Statement const& statement);

/// A condition that holds these columns equal to constants takes few rows of the table.
bool takes_few_rows(catalog::Catalog const& catalog, sql::QualifiedName const& table,
                    std::vector<sql::Identifier> const& pinned);

/// Why the rows of a relation cannot be gone through, or be written into, in batches; nothing:
/// they can.
std::optional<Refusal> not_a_table(catalog::Table const* table, sql::QualifiedName const& name);

/// Where the table's rows point to rows of its own, one statement may take or bring both ends of
/// such a pair, and a batch one of them only. With an action on DELETE the server sees to it.
catalog::Constraint const* reference_to_itself(catalog::Catalog const& catalog,
                                               catalog::Table const& table);

/// The columns of `table` that the SQL texts mention, each once, after `first`.
std::vector<sql::Identifier> mentioned(catalog::Table const& table,
                                       std::vector<sql::Identifier> first,
                                       std::vector<std::string> const& texts);

/// The step's id, its locks as the statement's, and what the author chose.
plan::Step batch_step(Question const& question, std::string id, std::string about,
                      plan::Batch batch);

/// Reads every row of the table afterwards, and tells which match the batch's condition still or
/// again. Does not fail: the application may have made them.
plan::Step tolerated_verify(plan::Batch const& batch);

}  // namespace bellows::rules
