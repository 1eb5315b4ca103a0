#include "planner/catalog/model.hpp"

#include "planner/sql/expression.hpp"
#include "planner/sql/text.hpp"

#include <algorithm>

namespace bellows::catalog {

namespace {

template <typename Part>
Part const* find(std::vector<Part> const& parts, Identifier const& name) {
  auto const found = std::ranges::find(parts, name, &Part::name);
  return found == parts.end() ? nullptr : &*found;
}

/// The key that an index makes; nothing when two rows could have the same values, or none.
std::optional<Key> key_of(Table const& table, Index const& index) {
  bool const complete = index.unique && index.valid && !index.partial && !index.has_expressions &&
                        index.key_columns > 0;
  if (!complete) {
    return std::nullopt;
  }
  Key key{{}, index.name};
  for (std::size_t i = 0; i < index.key_columns; ++i) {
    Column const* column = table.column(index.columns[i]);
    if (column == nullptr || !column->not_null) {
      return std::nullopt;
    }
    key.columns.push_back(*column);
  }
  return key;
}

}  // namespace

Column const* Table::column(Identifier const& column_name) const {
  return find(columns, column_name);
}

Index const* Table::index(Identifier const& index_name) const {
  return find(indexes, index_name);
}

Constraint const* Table::constraint(Identifier const& constraint_name) const {
  return find(constraints, constraint_name);
}

QualifiedName Catalog::resolve(QualifiedName const& table_name) const {
  if (!table_name.schema.empty()) {
    return table_name;
  }
  if (any_temporary) {  // looked for before all others (manual, search_path)
    QualifiedName own{Identifier(std::string(sql::temporary_schema)), table_name.name};
    if (tables.contains(own)) {
      return own;
    }
  }
  return {Identifier(search_path_schema), table_name.name};
}

Table const* Catalog::table(QualifiedName const& table_name) const {
  if (!table_name.schema.empty()) {
    return tables.find(table_name);
  }
  return any_temporary ? tables.find(resolve(table_name))
                       : tables.find(search_path_schema, table_name.name.raw());
}

Table* Catalog::table(QualifiedName const& table_name) {
  if (!table_name.schema.empty()) {
    return tables.edit(table_name);
  }
  return tables.edit(resolve(table_name));
}

std::vector<QualifiedName> Catalog::linked(Link link, QualifiedName const& to) const {
  std::vector<QualifiedName> names;
  for (std::size_t const hash : directory.tables(link, to)) {
    for (Table const* one : tables.of_hash(hash)) {
      names.push_back(one->name);
    }
  }
  std::ranges::sort(names);
  return names;
}

Table& Catalog::add(Table table) {
  directory.note(table);
  if (table.name.schema.raw() == sql::temporary_schema) {
    any_temporary = true;
    table.is_new = table.unlogged = true;  // nobody else sees it, and it is in no log
  }
  return tables.put(std::move(table));
}

void Catalog::forget_temporary() {
  if (any_temporary) {
    tables.erase_schema(sql::temporary_schema);
    auto const is_temporary = [](Dependent const& one) {  // views of the session's
      return one.name.schema.raw() == sql::temporary_schema;
    };
    tables.edit_where(
        [&](Table const& table) { return std::ranges::any_of(table.dependents, is_temporary); },
        [&](Table& table) { std::erase_if(table.dependents, is_temporary); });
    any_temporary = false;
  }
}

std::vector<Table const*> Catalog::referencing(QualifiedName const& table_name) const {
  QualifiedName const wanted = resolve(table_name);
  std::vector<Table const*> found;
  for (QualifiedName const& name : linked(Link::PointsTo, wanted)) {
    Table const* candidate = table(name);
    bool const points =
        candidate != nullptr &&
        std::ranges::any_of(candidate->constraints, [&](Constraint const& constraint) {
          return constraint.kind == ConstraintKind::ForeignKey && constraint.references == wanted;
        });
    if (points) {
      found.push_back(candidate);
    }
  }
  return found;
}

Table const* Catalog::table_of_index(QualifiedName const& index_name) const {
  QualifiedName const wanted = resolve(index_name);
  for (QualifiedName const& name : linked(Link::Names, wanted)) {
    Table const* candidate = table(name);
    if (candidate != nullptr && candidate->index(wanted.name) != nullptr) {
      return candidate;
    }
  }
  return nullptr;
}

bool computed_from(Column const& other, Identifier const& column) {
  if (!other.generated || !other.default_sql || other.name == column) {
    return false;
  }
  try {
    return sql::Expression::parse(*other.default_sql).mentions(column);
  } catch (sql::SyntaxError const&) {
    return false;  // a newer server's
  }
}

std::optional<Key> best_key(Table const& table) {
  std::optional<Key> best;
  for (Index const& index : table.indexes) {
    std::optional<Key> key = key_of(table, index);
    if (!key) {
      continue;
    }
    if (index.primary) {
      return key;
    }
    if (!best || key->columns.size() < best->columns.size()) {
      best = std::move(key);
    }
  }
  return best;
}

}  // namespace bellows::catalog
