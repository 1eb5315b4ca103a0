#pragma once

#include "planner/catalog/model.hpp"
#include "planner/rules/conduct.hpp"
#include "planner/rules/rule.hpp"
#include "planner/sql/statement.hpp"

#include <optional>
#include <set>

/// Rows that a statement has changed and a deferred constraint has still to look at. Until the
/// transaction ends, their table can be neither altered nor truncated nor indexed nor dropped
/// (55006).
namespace bellows::rules::preconditions {

class PendingEvents {
 public:
  /// Why the statement fails after those before it, or may fail; nothing where it does not.
  std::optional<Finding> refusal(sql::Statement const& statement, catalog::Catalog const& catalog,
                                 Conduct const& conduct = {}) const;

  /// What the statement leaves behind. `catalog` is the one that it met.
  void note(sql::Statement const& statement, bool transactional, catalog::Catalog const& catalog);

 private:
  void note_rows(sql::Statement const& statement, catalog::Catalog const& catalog);

  std::set<sql::QualifiedName> certain_;
  std::set<sql::QualifiedName> possible_;  // where rows have changed at all
  bool all_deferred_ = false;              // SET CONSTRAINTS ALL DEFERRED
};

}  // namespace bellows::rules::preconditions
