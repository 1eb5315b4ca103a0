#include "runner/ledger/relations.hpp"

namespace bellows::runner {

std::vector<std::string> const& relation_tables_ddl() {
  static std::vector<std::string> const statements{R"(CREATE TABLE bellows.relations (
  migration text NOT NULL REFERENCES bellows.migrations ON DELETE CASCADE,
  relation text NOT NULL,
  oid oid NOT NULL,
  PRIMARY KEY (migration, relation)))"};
  return statements;
}

void note_relations(postgres::Transaction& transaction, std::string const& migration,
                    std::vector<sql::QualifiedName> const& tables) {
  for (sql::QualifiedName const& table : tables) {
    transaction.run(
        "INSERT INTO bellows.relations (migration, relation, oid)"
        " SELECT $1, $2, c.oid FROM pg_catalog.pg_class c WHERE c.oid = to_regclass($2)::oid"
        " AND c.relkind IN ('r', 'p') ON CONFLICT DO NOTHING",
        {migration, table.quoted()});
  }
}

std::vector<std::string> changed_relations(postgres::Transaction& transaction,
                                           std::string const& migration) {
  auto const rows = transaction.run(
      "SELECT relation FROM bellows.relations WHERE migration = $1"
      " AND oid IS DISTINCT FROM to_regclass(relation)::oid ORDER BY relation",
      {migration});
  std::vector<std::string> changed;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    changed.push_back(rows.text(row, 0));
  }
  return changed;
}

void renew_relation(postgres::Transaction& transaction, std::string const& migration,
                    std::string const& relation) {
  transaction.run(
      "UPDATE bellows.relations SET oid = to_regclass(relation)::oid"
      " WHERE migration = $1 AND relation = $2",
      {migration, relation});
}

}  // namespace bellows::runner
