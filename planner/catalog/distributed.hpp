#pragma once

#include "planner/catalog/model.hpp"

#include <string>
#include <string_view>

namespace bellows::catalog {

/// PartitionKey::strategy of a table whose rows Citus keeps on other servers. Like list, range and
/// hash it says how rows are divided; by what, only Citus knows. From a live database and from a
/// snapshot of one; DDL does not tell.
inline constexpr std::string_view by_citus = "Citus";

/// The extension that keeps the table's rows on other servers; empty: none.
inline std::string_view kept_by(Table const& table) {
  return table.partition_key.strategy == by_citus ? by_citus : std::string_view();
}

}  // namespace bellows::catalog
