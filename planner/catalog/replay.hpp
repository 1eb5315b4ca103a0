#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

#include <string>
#include <vector>

namespace bellows::catalog {

/// Applies one statement to the catalog as the server would: names of unnamed constraints and
/// indexes included. What it does not understand leaves the catalog as it is and makes it
/// incomplete. Statements without an effect on the model are silently passed.
/// Unqualified names follow SET search_path until `until_end_of` is over: a migration's own
/// setting is not the next one's.
class SearchPathGuard {
 public:
  explicit SearchPathGuard(Catalog& catalog)
      : catalog_(catalog), schema_(catalog.search_path_schema) {}
  SearchPathGuard(SearchPathGuard const&) = delete;
  SearchPathGuard& operator=(SearchPathGuard const&) = delete;
  ~SearchPathGuard() { catalog_.search_path_schema = schema_; }

 private:
  Catalog& catalog_;
  std::string schema_;
};

void replay(Catalog& catalog, sql::Statement const& statement);

/// Every statement of `text`, in order.
void replay_text(Catalog& catalog, std::string_view text);

}  // namespace bellows::catalog
