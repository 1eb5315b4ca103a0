#include "planner/catalog/edit.hpp"
#include "planner/rules/preconditions/parts.hpp"

// Source: parse_utilcmd.c, transformCreateStmt(), transformIndexConstraint(); tablecmds.c,
// MergeAttributes(), ComputePartitionAttrs(); indexcmds.c, DefineIndex(). What a CREATE TABLE says
// of itself needs no catalog.
namespace bellows::rules::preconditions {

namespace {

/// CREATE TABLE, unless it finds the table there and does nothing.
sql::CreateTable const* made(Facts const& facts) {
  auto const* create = facts.body<sql::CreateTable>();
  bool const skipped = create != nullptr && create->if_not_exists && facts.table() != nullptr;
  return skipped ? nullptr : create;
}

/// All constraints, a column's as well.
std::vector<sql::ConstraintDefinition const*> constraints_of(sql::CreateTable const& create) {
  std::vector<sql::ConstraintDefinition const*> all;
  for (sql::ColumnDefinition const& column : create.columns) {
    for (sql::ConstraintDefinition const& one : column.constraints) {
      all.push_back(&one);
    }
  }
  for (sql::ConstraintDefinition const& one : create.constraints) {
    all.push_back(&one);
  }
  return all;
}

/// The names of its columns; nothing where they come from elsewhere, too, and are not all told.
std::optional<std::vector<Identifier>> columns_of(Facts const& facts,
                                                  sql::CreateTable const& create) {
  std::vector<Identifier> names;
  for (sql::ColumnDefinition const& column : create.columns) {
    names.push_back(column.name);
  }
  std::vector<QualifiedName> sources = create.inherits;
  sources.insert(sources.end(), create.like.begin(), create.like.end());
  if (!create.partition_of.name.empty()) {
    sources.push_back(create.partition_of);
  }
  for (QualifiedName const& source : sources) {
    Table const* table = facts.catalog.table(source);
    if (table == nullptr || table->partial) {
      return std::nullopt;
    }
    for (Column const& column : table->columns) {
      names.push_back(column.name);
    }
  }
  return create.of_type.name.empty() ? std::optional(names) : std::nullopt;
}

MaybeBreach lacks_column(Facts const& facts) {
  sql::CreateTable const* create = made(facts);
  auto const columns = create == nullptr ? std::nullopt : columns_of(facts, *create);
  if (!columns) {
    return std::nullopt;
  }
  std::vector<Identifier> named = create->partition_key.columns;
  for (sql::ConstraintDefinition const* one : constraints_of(*create)) {
    named.insert(named.end(), one->columns.begin(), one->columns.end());
    named.insert(named.end(), one->include.begin(), one->include.end());
  }
  for (Identifier const& name : named) {
    bool const own = name == create->table.name || name.raw() == "tableoid";  // its row
    if (!own && !has(*columns, name)) {
      return breach(name.quoted());
    }
  }
  return std::nullopt;
}

MaybeBreach two_primary_keys(Facts const& facts) {
  sql::CreateTable const* create = made(facts);
  if (create == nullptr) {
    return std::nullopt;
  }
  auto const all = constraints_of(*create);
  bool const several = std::ranges::count_if(all, [](auto const* one) {
                         return one->form == ConstraintForm::PrimaryKey;
                       }) > 1;
  return several ? std::optional(breach("")) : std::nullopt;
}

MaybeBreach lists_several(Facts const& facts) {
  sql::CreateTable const* create = made(facts);
  return create != nullptr && create->partition_key.strategy == "list" &&
                 !create->partition_key.has_expressions && create->partition_key.columns.size() > 1
             ? std::optional(breach(""))
             : std::nullopt;
}

/// Two partitions could hold the same value: no index sees both.
MaybeBreach unique_without_key(Facts const& facts) {
  sql::CreateTable const* create = made(facts);
  if (create == nullptr || create->partition_key.strategy.empty()) {
    return std::nullopt;
  }
  sql::PartitionKey const& key = create->partition_key;
  for (sql::ConstraintDefinition const* one : constraints_of(*create)) {
    bool const unique =
        one->form == ConstraintForm::PrimaryKey || one->form == ConstraintForm::Unique;
    bool const lacks =
        key.has_expressions || std::ranges::any_of(key.columns, [&](Identifier const& column) {
          return !has(one->columns, column);
        });
    if (unique && lacks) {
      return breach(one->form == ConstraintForm::PrimaryKey ? "the primary key" : "what is UNIQUE");
    }
  }
  return std::nullopt;
}

sql::ConstraintDefinition const* generation_of(sql::ColumnDefinition const& column) {
  auto const found = std::ranges::find(column.constraints, ConstraintForm::Generated,
                                       &sql::ConstraintDefinition::form);
  return found == column.constraints.end() ? nullptr : &*found;
}

MaybeBreach generates_key(Facts const& facts) {
  sql::CreateTable const* create = made(facts);
  if (create == nullptr || create->partition_key.strategy.empty()) {
    return std::nullopt;
  }
  for (sql::ColumnDefinition const& column : create->columns) {
    if (generation_of(column) != nullptr && has(create->partition_key.columns, column.name)) {
      return breach(column.name.quoted());
    }
  }
  return std::nullopt;
}

bool is_key(sql::CreateTable const& create, Identifier const& column) {
  auto const all = constraints_of(create);
  return std::ranges::any_of(all, [&](sql::ConstraintDefinition const* one) {
    bool const key = one->form == ConstraintForm::PrimaryKey ||
                     one->form == ConstraintForm::Unique || one->form == ConstraintForm::ForeignKey;
    return key && has(one->columns, column);
  });
}

MaybeBreach keys_virtual(Facts const& facts) {
  sql::CreateTable const* create = made(facts);
  if (create == nullptr) {
    return std::nullopt;
  }
  for (sql::ColumnDefinition const& column : create->columns) {
    sql::ConstraintDefinition const* generation = generation_of(column);
    bool const is_virtual = generation != nullptr && generation->virtual_column;
    if (is_virtual && is_key(*create, column.name)) {
      return breach(column.name.quoted());
    }
  }
  return std::nullopt;
}

MaybeBreach inherits_another_type(Facts const& facts) {
  sql::CreateTable const* create = made(facts);
  if (create == nullptr) {
    return std::nullopt;
  }
  for (QualifiedName const& name : create->inherits) {
    Table const* parent = facts.catalog.table(name);
    for (sql::ColumnDefinition const& column : create->columns) {
      Column const* above = parent == nullptr ? nullptr : parent->column(column.name);
      std::string const type = catalog::qualified_type(facts.catalog, column.type);
      if (above != nullptr && !type.empty() && !above->type.empty() && above->type != type) {
        return breach(column.name.quoted(), above->type + " in " + name.display());
      }
    }
  }
  return std::nullopt;
}

MaybeBreach inherits_no_table(Facts const& facts) {
  sql::CreateTable const* create = made(facts);
  if (create == nullptr) {
    return std::nullopt;
  }
  for (QualifiedName const& name : create->inherits) {
    Table const* parent = facts.catalog.table(name);
    bool const table = parent == nullptr || parent->kind == TableKind::Table ||
                       parent->kind == TableKind::Foreign || parent->kind == TableKind::Partitioned;
    if (!table) {
      return breach(name.display());
    }
  }
  return std::nullopt;
}

constexpr Precondition created_rows[] = {
    {"42809", inherits_no_table, of::create_table, "{what} is a view",
     "Inherit from the table that holds the rows."},
    {"42804", inherits_another_type, of::create_table, "{what} is {other}",
     "Give both the same type."},
    {"42703", lacks_column, of::create_table, "it has no column {what}", "Check the name."},
    {"42P16", two_primary_keys, of::create_table, "it has two primary keys",
     "PRIMARY KEY (…) over all its columns behind the last one, or make the other one UNIQUE."},
    {"42P17", lists_several, of::create_table, "PARTITION BY LIST is over one column",
     "PARTITION BY RANGE or HASH, or LIST over an expression of both."},
    {"42P17", generates_key, of::create_table, "{what} is generated, and no partition key",
     "Use the columns that it is computed from."},
    {"0A000", unique_without_key, of::create_table,
     "{what} must have all columns of the partition key",
     "Add those columns, or make it unique in each partition."},
    {"0A000", keys_virtual, of::create_table, "{what} is a virtual column: no row holds its values",
     "Make it STORED, or an ordinary column.", 18},
};

}  // namespace

std::span<Precondition const> of_created() {
  return created_rows;
}

}  // namespace bellows::rules::preconditions
