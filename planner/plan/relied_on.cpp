#include "planner/plan/relied_on.hpp"

#include "planner/sql/text.hpp"

#include <algorithm>

namespace bellows::plan {
namespace {

using catalog::Column;
using catalog::Index;
using catalog::Table;

std::string column_fact(Table const& table, sql::Identifier const& name) {
  Column const* column = table.column(name);
  if (column == nullptr) {
    return "column " + name.quoted() + " absent\n";
  }
  return "column " + name.quoted() + " " + column->type + (column->not_null ? " not null" : "") +
         (column->generated ? " generated" : "") + "\n";
}

std::string key_fact(Table const& table) {
  auto const key = catalog::best_key(table);
  if (!key) {
    return "no key\n";
  }
  std::string fact = "key";
  for (Column const& column : key->columns) {
    fact += " " + column.name.quoted() + " " + column.type;
  }
  return fact + "\n";
}

std::string index_facts(Table const& table, std::vector<sql::Identifier> const& columns) {
  std::vector<std::string> facts;
  for (Index const& index : table.indexes) {
    bool const uses = std::ranges::any_of(index.columns, [&](sql::Identifier const& column) {
      return std::ranges::find(columns, column) != columns.end();
    });
    if (!uses) {
      continue;
    }
    std::string fact = "index " + index.name.quoted() + (index.unique ? " unique" : "");
    for (sql::Identifier const& column : index.columns) {
      fact += " " + column.quoted();
    }
    facts.push_back(fact + "\n");
  }
  std::ranges::sort(facts);
  std::string all;
  for (std::string const& fact : facts) {
    all += fact;
  }
  return all;
}

}  // namespace

std::string relied_on(catalog::Catalog const& catalog, std::vector<ReliedOn> const& facts) {
  std::string text;
  for (ReliedOn const& fact : facts) {
    Table const* table = catalog.table(fact.table);
    text += "table " + catalog.resolve(fact.table).quoted();
    if (table == nullptr) {
      text += " absent\n";
      continue;
    }
    text += " " + std::to_string(static_cast<int>(table->kind)) + "\n";
    for (sql::Identifier const& column : fact.columns) {
      text += column_fact(*table, column);
    }
    if (!fact.columns.empty()) {
      text += key_fact(*table) + index_facts(*table, fact.columns);
    }
  }
  return "sha256:" + sql::sha256_hex(text);
}

}  // namespace bellows::plan
