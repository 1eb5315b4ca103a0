#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

namespace bellows::catalog {

/// CREATE DOMAIN and ALTER DOMAIN.
void change_domain(Catalog& catalog, sql::DomainChange const& change);

}  // namespace bellows::catalog
