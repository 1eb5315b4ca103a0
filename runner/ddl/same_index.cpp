#include "runner/ddl/same_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace bellows::ddl {
namespace {

using postgres::Rows;
using postgres::Session;
using postgres::Transaction;

/// One column of the answer for each thing that two indexes may differ in. A key's operator class
/// and collation are told where they are not the column's own. NULLS NOT DISTINCT is 15's.
constexpr std::string_view facts_query = R"(
SELECT CASE WHEN i.indisunique THEN 'unique' ELSE 'not unique' END,
  am.amname,
  (SELECT '(' || coalesce(string_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k, true)
      || CASE WHEN coll.oid IS NULL OR coll.oid = coalesce(a.attcollation, 100) THEN ''
         ELSE ' COLLATE ' || coll.collname END
      || CASE WHEN opc.opcdefault THEN '' ELSE ' ' || opc.opcname END
      || coalesce(' (' || array_to_string(own.attoptions, ', ') || ')', '')
      || CASE i.indoption[k - 1] WHEN 1 THEN ' DESC NULLS LAST' WHEN 2 THEN ' NULLS FIRST'
         WHEN 3 THEN ' DESC' ELSE '' END, ', ' ORDER BY k), '') || ')'
   FROM generate_series(1, i.indnkeyatts) k
   JOIN pg_catalog.pg_opclass opc ON opc.oid = i.indclass[k - 1]
   LEFT JOIN pg_catalog.pg_collation coll ON coll.oid = i.indcollation[k - 1]
   LEFT JOIN pg_catalog.pg_attribute own ON own.attrelid = i.indexrelid AND own.attnum = k
   LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid
     AND a.attnum = i.indkey[k - 1] AND a.attnum > 0),
  (SELECT '(' || coalesce(string_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k, true), ', '
     ORDER BY k), '') || ')' FROM generate_series(i.indnkeyatts + 1, i.indnatts) k),
  coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid, true), 'none'),
  coalesce((SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(c.reloptions) o), 'none'),
  CASE pg_catalog.to_jsonb(i)->>'indnullsnotdistinct' WHEN 'true' THEN 'are not distinct'
    ELSE 'are distinct' END
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_am am ON am.oid = c.relam
WHERE )";

/// What each column of it is called.
constexpr std::array<std::string_view, 7> facts{"it is",       "its method is", "its columns are",
                                                "it includes", "its WHERE is",  "its options are",
                                                "NULLs in it"};

using Facts = std::vector<std::string>;

Facts facts_at(Rows const& rows) {
  Facts all;
  for (std::size_t column = 0; column < facts.size(); ++column) {
    all.push_back(rows.text(0, column));
  }
  return all;
}

Facts facts_of(Transaction& transaction, std::string const& index) {
  return facts_at(
      transaction.run(std::string(facts_query) + "i.indexrelid = to_regclass($1)", {index}));
}

/// On a copy that has the table's name, since an expression may say it. It is rolled back.
Facts facts_of_twin(Transaction& transaction, sql::CreateIndex const& meant) {
  std::string const twin =
      sql::QualifiedName{sql::Identifier(std::string(sql::temporary_schema)), meant.table.name}
          .quoted();
  transaction.run(fmt::format("CREATE TEMPORARY TABLE {} (LIKE {})", meant.table.name.quoted(),
                              meant.table.quoted()));
  transaction.run(
      fmt::format("CREATE {}INDEX ON {} {}", meant.unique ? "UNIQUE " : "", twin, meant.rest));
  return facts_at(
      transaction.run(std::string(facts_query) + "i.indrelid = to_regclass($1)", {twin}));
}

}  // namespace

std::string other_than_index(Session& session, std::string const& name) {
  static std::map<std::string, std::string, std::less<>> const kinds{
      {"r", "a table"},    {"p", "a partitioned table"}, {"v", "a view"},
      {"S", "a sequence"}, {"m", "a materialized view"}, {"f", "a foreign table"},
      {"c", "a type"}};
  Rows const rows = session.run(
      "SELECT relkind::text FROM pg_catalog.pg_class WHERE oid = to_regclass($1)", {name});
  auto const found = rows.empty() ? kinds.end() : kinds.find(rows.text(0, 0));
  return found == kinds.end() ? "" : found->second;
}

std::string other_table(Session& session, sql::CreateIndex const& meant, std::string const& name) {
  Rows const rows = session.run(
      "SELECT i.indrelid::pg_catalog.regclass FROM pg_catalog.pg_index i"
      " WHERE i.indexrelid = to_regclass($1) AND i.indrelid <> to_regclass($2)",
      {name, meant.table.quoted()});
  return rows.empty() ? "" : rows.text(0, 0);
}

std::string difference(Session& session, sql::CreateIndex const& meant, std::string const& name) {
  auto transaction = session.begin();
  Facts const there = facts_of(transaction, name);
  Facts const wanted = facts_of_twin(transaction, meant);
  std::vector<std::string> different;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (there[i] != wanted[i]) {
      different.push_back(fmt::format("{} {}, meant is {}", facts.at(i), there[i], wanted[i]));
    }
  }
  return fmt::format("{}", fmt::join(different, "; "));
}

}  // namespace bellows::ddl
