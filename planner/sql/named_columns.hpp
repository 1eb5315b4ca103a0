#pragma once

#include "planner/sql/statement.hpp"

#include <vector>

namespace bellows::sql {

/// Columns of a relation that a statement names in a list of their own, where no expression has
/// them.
struct NamedColumns {
  QualifiedName relation;
  std::vector<Identifier> columns;
  bool operator==(NamedColumns const&) const = default;
};

/// What INSERT (with ON CONFLICT), UPDATE, MERGE and COPY … FROM write, and COPY … TO reads, at
/// every depth of the statement (WITH, EXPLAIN, the actions of a rule); GRANT and REVOKE of
/// columns, COMMENT ON COLUMN, CREATE STATISTICS, ANALYZE. In the order of the text.
///
/// The text is read once more: only whoever looks for a column that is not there asks. Never
/// throws: what the grammar refuses names nothing.
std::vector<NamedColumns> named_columns(Statement const& statement);

}  // namespace bellows::sql
