#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

#include <string>
#include <vector>

namespace bellows::catalog {

/// Applies one statement to the catalog as the server would: names of unnamed constraints and
/// indexes included. What it does not understand leaves the catalog as it is and makes it
/// incomplete. Statements without an effect on the model are silently passed.
void replay(Catalog& catalog, sql::Statement const& statement);

/// Every statement of `text`, in order.
void replay_text(Catalog& catalog, std::string_view text);

}  // namespace bellows::catalog
