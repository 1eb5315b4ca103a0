#include "planner/rules/column_privileges.hpp"

#include "planner/rules/do_block.hpp"

#include <fmt/core.h>

namespace bellows::rules {

using sql::quote_literal;

std::string copy_column_privileges(SyncPair const& pair) {
  return do_block("  each record;\n",
                  fmt::format(R"(  FOR each IN
    SELECT x.privilege_type, CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' END AS option,
      CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END AS grantee
    FROM pg_attribute a, aclexplode(a.attacl) x
    WHERE a.attrelid = {table}::regclass AND a.attname = {old}
  LOOP
    EXECUTE format('GRANT %s (%I) ON %s TO %s%s', each.privilege_type, {new}, {table}, each.grantee, each.option);
  END LOOP;
)",
                              fmt::arg("table", quote_literal(pair.table.quoted())),
                              fmt::arg("old", quote_literal(pair.old_column.raw())),
                              fmt::arg("new", quote_literal(pair.new_column.raw()))));
}

std::string no_more_privileges(SyncPair const& pair) {
  return fmt::format(
      "SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_attribute n, pg_catalog.aclexplode(n.attacl) x "
      "WHERE n.attrelid = {0}::pg_catalog.regclass AND n.attname = {1} AND NOT EXISTS (SELECT FROM "
      "pg_catalog.pg_attribute o, pg_catalog.aclexplode(o.attacl) y WHERE o.attrelid = n.attrelid "
      "AND o.attname = {2} AND y.grantee = x.grantee AND y.privilege_type = x.privilege_type AND "
      "(y.is_grantable OR NOT x.is_grantable)))",
      quote_literal(pair.table.quoted()), quote_literal(pair.new_column.raw()),
      quote_literal(pair.old_column.raw()));
}

}  // namespace bellows::rules
