#include "planner/catalog/names.hpp"

#include <algorithm>

namespace bellows::catalog {

namespace {

/// pg_mbcliplen(): the longest beginning of at most `limit` bytes that cuts no character.
std::string_view clipped(std::string_view text, std::size_t limit) {
  std::size_t length = std::min(limit, text.size());
  while (length > 0 && length < text.size() && (text[length] & '\xC0') == '\x80') {
    --length;
  }
  return text.substr(0, length);
}

/// An index or a sequence.
bool has_relation(Table const& table, QualifiedName const& name) {
  return table.index(name.name) != nullptr ||
         std::ranges::any_of(table.columns, [&](Column const& column) {
           return std::ranges::find(column.sequences, name) != column.sequences.end();
         });
}

bool constraint_taken(Catalog const& catalog, QualifiedName const& name) {
  return std::ranges::any_of(catalog.linked(Link::Names, name), [&](QualifiedName const& owner) {
    Table const* table = catalog.table(owner);
    return table != nullptr && table->constraint(name.name) != nullptr;
  });
}

template <typename Taken>
Identifier first_free(QualifiedName const& table, std::string_view column, std::string_view label,
                      Taken taken) {
  std::string tried(label);
  for (int pass = 1;; ++pass) {
    Identifier const name = object_name(table.name.raw(), column, tried);
    if (!taken(QualifiedName{table.schema, name})) {
      return name;
    }
    tried = std::string(label) + std::to_string(pass);
  }
}

}  // namespace

bool relation_taken(Catalog const& catalog, QualifiedName const& name) {
  if (catalog.table(name) != nullptr) {
    return true;
  }
  QualifiedName const wanted = catalog.resolve(name);
  return std::ranges::any_of(catalog.linked(Link::Names, wanted),
                             [&](QualifiedName const& owner) {
                               Table const* table = catalog.table(owner);
                               return table != nullptr && has_relation(*table, wanted);
                             }) ||
         catalog.other_relations.contains(wanted);
}

Identifier object_name(std::string_view table, std::string_view column, std::string_view label) {
  std::size_t const overhead = 1 + label.size() + (column.empty() ? 0 : 1);
  std::size_t const available = sql::max_identifier_bytes - overhead;
  std::size_t table_bytes = table.size();
  std::size_t column_bytes = column.size();
  while (table_bytes + column_bytes > available) {
    (table_bytes > column_bytes ? table_bytes : column_bytes)--;
  }
  std::string name(clipped(table, table_bytes));
  if (!column.empty()) {
    name += "_" + std::string(clipped(column, column_bytes));
  }
  return Identifier(name + "_" + std::string(label));
}

Identifier relation_name(Catalog const& catalog, QualifiedName const& table,
                         std::string_view column, std::string_view label, bool constraint) {
  return first_free(table, column, label, [&](QualifiedName const& name) {
    return relation_taken(catalog, name) || (constraint && constraint_taken(catalog, name));
  });
}

Identifier constraint_name(Catalog const& catalog, QualifiedName const& table,
                           std::string_view column, std::string_view label) {
  return first_free(table, column, label,
                    [&](QualifiedName const& name) { return constraint_taken(catalog, name); });
}

std::string joined(std::vector<Identifier> const& columns) {
  std::string name;
  for (Identifier const& column : columns) {
    if (!name.empty()) {
      name += '_';
    }
    name += column.raw();
    if (name.size() > sql::max_identifier_bytes) {
      break;
    }
  }
  return name;
}

}  // namespace bellows::catalog
