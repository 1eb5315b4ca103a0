#include "runner/catalog/kept_elsewhere.hpp"

namespace bellows::catalog {

std::set<std::string> kept_by_citus(postgres::Transaction& transaction) {
  std::set<std::string> all;
  auto const found = transaction.run(
      "SELECT quote_ident(n.nspname) || '.pg_dist_partition' FROM pg_catalog.pg_attribute a"
      " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE a.attrelid = to_regclass('pg_dist_partition') AND a.attname = 'logicalrelid'"
      " AND a.atttypid = 'pg_catalog.regclass'::pg_catalog.regtype AND NOT a.attisdropped");
  if (found.empty()) {
    return all;
  }
  auto const rows = transaction.run("SELECT logicalrelid::pg_catalog.oid FROM " + found.text(0, 0));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    all.insert(rows.text(row, 0));
  }
  return all;
}

}  // namespace bellows::catalog
