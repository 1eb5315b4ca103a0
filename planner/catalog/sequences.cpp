#include "planner/catalog/sequences.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/catalog/names.hpp"

#include <algorithm>
#include <array>

// Sources: manual, CREATE SEQUENCE, OWNED BY; sequence.c, process_owned_by(); parse_utilcmd.c,
// generateSerialExtraStmts(), which names an identity's sequence as it names a serial's.
namespace bellows::catalog {

namespace {

bool has(Column const& column, QualifiedName const& sequence) {
  return std::ranges::find(column.sequences, sequence) != column.sequences.end();
}

/// How a default may name it: with its schema, and without where that one is searched.
std::array<std::string, 2> literals(Catalog const& catalog, QualifiedName const& sequence) {
  bool const searched = sequence.schema.raw() == catalog.search_path_schema;
  return {sql::quote_literal(sequence.quoted()),
          searched ? sql::quote_literal(sequence.name.quoted()) : std::string()};
}

bool takes_from(Column const& column, std::array<std::string, 2> const& literals) {
  if (!column.default_sql || column.default_sql->find("nextval(") == std::string::npos) {
    return false;
  }
  return std::ranges::any_of(literals, [&](std::string const& literal) {
    return !literal.empty() && column.default_sql->find(literal) != std::string::npos;
  });
}

/// An identity's own stays in front.
void sort_sequences(Column& column) {
  bool const identity = column.identity != Identity::None && !column.sequences.empty();
  std::sort(column.sequences.begin() + (identity ? 1 : 0), column.sequences.end());
}

void disown(Catalog& catalog, QualifiedName const& sequence) {
  Table const* owner = owner_of_sequence(catalog, sequence);
  if (owner == nullptr) {
    return;
  }
  for (Column& column : catalog.table(owner->name)->columns) {
    std::erase(column.sequences, sequence);
  }
}

void replace_literal(std::string& text, std::array<std::string, 2> const& from,
                     std::string const& to) {
  for (std::string const& literal : from) {
    auto const at = literal.empty() ? std::string::npos : text.find(literal);
    if (at != std::string::npos) {
      text.replace(at, literal.size(), to);
      return;
    }
  }
}

}  // namespace

Table const* owner_of_sequence(Catalog const& catalog, QualifiedName const& sequence) {
  QualifiedName const wanted = catalog.resolve(sequence);
  for (QualifiedName const& name : catalog.linked(Link::Names, wanted)) {
    Table const* table = catalog.table(name);
    bool const owns =
        table != nullptr &&
        std::ranges::any_of(table->columns, [&](Column const& one) { return has(one, wanted); });
    if (owns) {
      return table;
    }
  }
  return nullptr;
}

std::vector<QualifiedName> users_of_sequence(Catalog const& catalog,
                                             QualifiedName const& sequence) {
  auto const named = literals(catalog, catalog.resolve(sequence));
  std::vector<QualifiedName> users;
  for (auto const& [name, table] : catalog.tables) {
    bool const uses = std::ranges::any_of(
        table.columns, [&](Column const& column) { return takes_from(column, named); });
    if (uses) {
      users.push_back(name);
    }
  }
  return users;
}

QualifiedName sequence_name(Catalog const& catalog, Table const& table, Identifier const& column) {
  return {table.name.schema, relation_name(catalog, table.name, column.raw(), "seq", false)};
}

void make_identity(Catalog& catalog, Table& table, Column& column,
                   sql::ConstraintDefinition const& definition) {
  column.identity = definition.identity_always ? Identity::Always : Identity::ByDefault;
  column.not_null = true;
  if (!table.partition_of.name.empty()) {
    return;  // the sequence is its parent's (17)
  }
  QualifiedName const sequence = definition.sequence.name.empty()
                                     ? sequence_name(catalog, table, column.name)
                                     : catalog.resolve(definition.sequence);
  column.sequences.insert(column.sequences.begin(), sequence);
}

void drop_identity(Column& column) {
  if (column.identity != Identity::None && !column.sequences.empty()) {
    column.sequences.erase(column.sequences.begin());
  }
  column.identity = Identity::None;
}

// Manual, release notes of 17.
bool identities_are_inherited(Catalog const& catalog) {
  return catalog.server_version >= 17;
}

void own_sequence(Catalog& catalog, QualifiedName const& sequence,
                  sql::SequenceOwner const& owner) {
  QualifiedName const name = catalog.resolve(sequence);
  disown(catalog, name);
  catalog.other_relations.insert(name);
  Table* table = owner.table.name.empty() ? nullptr : catalog.table(owner.table);
  Column* column = table == nullptr ? nullptr : find_column(*table, owner.column);
  if (column == nullptr) {
    return;
  }
  catalog.other_relations.erase(name);
  column->sequences.push_back(name);
  sort_sequences(*column);
  catalog.directory.note(*table);
}

void drop_sequence(Catalog& catalog, QualifiedName const& sequence, bool cascade) {
  QualifiedName const name = catalog.resolve(sequence);
  disown(catalog, name);
  catalog.other_relations.erase(name);
  catalog.new_sequences.erase(name);
  if (!cascade) {
    return;
  }
  auto const named = literals(catalog, name);
  for (QualifiedName const& user : users_of_sequence(catalog, name)) {
    for (Column& column : catalog.table(user)->columns) {
      if (takes_from(column, named)) {
        column.default_sql.reset();
      }
    }
  }
}

void rename_sequence(Catalog& catalog, QualifiedName const& from, QualifiedName const& to) {
  QualifiedName const old_name = catalog.resolve(from);
  if (catalog.other_relations.erase(old_name) != 0) {
    catalog.other_relations.insert(to);
  }
  if (Table const* owner = owner_of_sequence(catalog, old_name)) {
    Table& table = *catalog.table(owner->name);
    for (Column& column : table.columns) {
      std::ranges::replace(column.sequences, old_name, to);
      sort_sequences(column);
    }
    catalog.directory.note(table);
  }
  if (catalog.new_sequences.erase(old_name) > 0) {
    catalog.new_sequences.insert(to);
  }
  auto const named = literals(catalog, old_name);
  for (QualifiedName const& user : users_of_sequence(catalog, old_name)) {
    for (Column& column : catalog.table(user)->columns) {
      if (takes_from(column, named)) {
        replace_literal(*column.default_sql, named, sql::quote_literal(to.quoted()));
      }
    }
  }
}

}  // namespace bellows::catalog
