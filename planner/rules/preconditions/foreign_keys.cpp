#include "planner/catalog/edit.hpp"
#include "planner/catalog/references.hpp"
#include "planner/rules/preconditions/parts.hpp"
#include "planner/rules/preconditions/type_casts.hpp"

// Source: tablecmds.c, ATAddForeignKeyConstraint(), transformFkeyGetPrimaryKey(),
// transformFkeyCheckAttrs(); parse_utilcmd.c, transformFKConstraints().
namespace bellows::rules::preconditions {

namespace {

/// A foreign key that a statement brings, and both of its tables.
struct Reference {
  sql::ConstraintDefinition const* definition;
  Table const* referenced = nullptr;  // null: not known
  std::vector<Column> columns;        // of the referencing table; those that are known
};

Column column_made(Catalog const& catalog, sql::ColumnDefinition const& definition) {
  Column column;
  column.name = definition.name;
  column.type = definition.type.serial ? definition.type.text
                                       : catalog::qualified_type(catalog, definition.type);
  column.generated =
      std::ranges::find(definition.constraints, ConstraintForm::Generated,
                        &sql::ConstraintDefinition::form) != definition.constraints.end();
  return column;
}

std::vector<Column> columns_of(Catalog const& catalog, sql::CreateTable const& create) {
  std::vector<Column> columns;
  for (sql::ColumnDefinition const& definition : create.columns) {
    columns.push_back(column_made(catalog, definition));
  }
  return columns;
}

bool is_reference(sql::ConstraintDefinition const& one) {
  return one.form == ConstraintForm::ForeignKey;
}

/// Asked of every statement: most bring none.
bool brings_reference(Facts const& facts) {
  auto const of_column = [](sql::ColumnDefinition const& column) {
    return std::ranges::any_of(column.constraints, is_reference);
  };
  if (auto const* create = facts.body<sql::CreateTable>()) {
    return std::ranges::any_of(create->columns, of_column) ||
           std::ranges::any_of(create->constraints, is_reference);
  }
  return added(facts, ConstraintForm::ForeignKey) != nullptr ||
         (is(facts, AlterAction::AddColumn) && of_column(facts.command->column));
}

std::vector<Reference> references_of(Facts const& facts) {
  std::vector<Reference> all;
  if (!brings_reference(facts)) {
    return all;
  }
  auto const take = [&](std::vector<sql::ConstraintDefinition> const& constraints,
                        std::vector<Column> const& columns) {
    for (sql::ConstraintDefinition const& one : constraints) {
      if (one.form == ConstraintForm::ForeignKey) {
        all.push_back({&one, facts.catalog.table(one.references), columns});
      }
    }
  };
  if (auto const* create = facts.body<sql::CreateTable>()) {
    std::vector<Column> const columns = columns_of(facts.catalog, *create);
    for (sql::ColumnDefinition const& column : create->columns) {
      take(column.constraints, columns);
    }
    take(create->constraints, columns);
    std::erase_if(all, [&](Reference const& one) {  // to itself: its keys are still to come
      return facts.catalog.resolve(one.definition->references) == facts.target();
    });
    return create->if_not_exists && facts.table() != nullptr ? std::vector<Reference>{} : all;
  }
  Table const* table = facts.table();
  if (is(facts, AlterAction::AddColumn) && table != nullptr &&
      table->column(facts.command->name) == nullptr) {
    take(facts.command->column.constraints, {column_made(facts.catalog, facts.command->column)});
  }
  if (auto const* added_one = added(facts, ConstraintForm::ForeignKey); added_one && table) {
    all.push_back({added_one, facts.catalog.table(added_one->references), table->columns});
  }
  return all;
}

template <typename Broken>
MaybeBreach first(Facts const& facts, Broken broken) {
  for (Reference const& reference : references_of(facts)) {
    MaybeBreach found = reference.referenced == nullptr ? std::nullopt : broken(reference);
    if (found) {
      return found;
    }
  }
  return std::nullopt;
}

std::string joined(std::vector<Identifier> const& names) {
  std::string text;
  for (Identifier const& name : names) {
    text += (text.empty() ? "" : ", ") + name.quoted();
  }
  return text;
}

Constraint const* primary_of(Table const& table) {
  auto const found =
      std::ranges::find(table.constraints, ConstraintKind::PrimaryKey, &Constraint::kind);
  return found == table.constraints.end() ? nullptr : &*found;
}

/// The columns that it points to; none where the primary key is meant and there is none.
std::vector<Identifier> pointed_to(Reference const& reference) {
  if (!reference.definition->referenced_columns.empty()) {
    return reference.definition->referenced_columns;
  }
  Constraint const* primary = primary_of(*reference.referenced);
  return primary == nullptr ? std::vector<Identifier>{} : primary->columns;
}

bool knows_keys(Table const& table) {
  return !table.partial;
}

MaybeBreach points_to_view(Facts const& facts) {
  return first(facts, [](Reference const& reference) -> MaybeBreach {
    TableKind const kind = reference.referenced->kind;
    bool const keyed = kind == TableKind::Table || kind == TableKind::Partitioned;
    return keyed ? std::nullopt : std::optional(breach(reference.referenced->name.display()));
  });
}

MaybeBreach has_no_primary(Facts const& facts) {
  return first(facts, [](Reference const& reference) -> MaybeBreach {
    bool const missing = reference.definition->referenced_columns.empty() &&
                         knows_keys(*reference.referenced) &&
                         primary_of(*reference.referenced) == nullptr;
    return missing ? std::optional(breach(reference.referenced->name.display())) : std::nullopt;
  });
}

MaybeBreach counts_differ(Facts const& facts) {
  return first(facts, [](Reference const& reference) -> MaybeBreach {
    std::vector<Identifier> const to = pointed_to(reference);
    return !to.empty() && to.size() != reference.definition->columns.size()
               ? std::optional(breach(joined(reference.definition->columns), joined(to)))
               : std::nullopt;
  });
}

/// All columns that it names are there, on either side.
bool columns_are_known(Reference const& reference) {
  return std::ranges::all_of(reference.definition->referenced_columns, [&](Identifier const& name) {
    return reference.referenced->column(name) != nullptr;
  });
}

bool has_deferrable_key(Table const& table, std::vector<Identifier> const& columns) {
  return std::ranges::any_of(table.constraints, [&](Constraint const& constraint) {
    bool const key =
        constraint.kind == ConstraintKind::Unique || constraint.kind == ConstraintKind::PrimaryKey;
    return key && catalog::is_deferrable(constraint) &&
           std::ranges::is_permutation(constraint.columns, columns);
  });
}

bool lacks_key(Reference const& reference) {
  std::vector<Identifier> const to = pointed_to(reference);
  return !to.empty() && knows_keys(*reference.referenced) && columns_are_known(reference) &&
         catalog::fitting_keys(*reference.referenced, to).empty();
}

MaybeBreach has_no_key(Facts const& facts) {
  return first(facts, [](Reference const& reference) -> MaybeBreach {
    std::vector<Identifier> const to = pointed_to(reference);
    return lacks_key(reference) && !has_deferrable_key(*reference.referenced, to)
               ? std::optional(breach(joined(to), reference.referenced->name.display()))
               : std::nullopt;
  });
}

MaybeBreach has_deferred_key(Facts const& facts) {
  return first(facts, [](Reference const& reference) -> MaybeBreach {
    std::vector<Identifier> const to = pointed_to(reference);
    return lacks_key(reference) && has_deferrable_key(*reference.referenced, to)
               ? std::optional(breach(joined(to), reference.referenced->name.display()))
               : std::nullopt;
  });
}

Column const* find(std::vector<Column> const& columns, Identifier const& name) {
  auto const found = std::ranges::find(columns, name, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

MaybeBreach types_differ(Facts const& facts) {
  return first(facts, [&](Reference const& reference) -> MaybeBreach {
    std::vector<Identifier> const to = pointed_to(reference);
    for (std::size_t i = 0; i < std::min(to.size(), reference.definition->columns.size()); ++i) {
      Column const* from = find(reference.columns, reference.definition->columns[i]);
      Column const* key = reference.referenced->column(to[i]);
      if (from != nullptr && key != nullptr &&
          can_reference(facts.catalog, from->type, key->type) == false) {
        return breach(from->name.quoted() + " is " + from->type,
                      key->name.quoted() + " of " + reference.referenced->name.display() + " is " +
                          key->type);
      }
    }
    return std::nullopt;
  });
}

/// A generated column is not written, whatever happens to the row that it points to.
MaybeBreach action_writes_generated(Facts const& facts) {
  return first(facts, [](Reference const& reference) -> MaybeBreach {
    std::string const& text = reference.definition->text;
    bool const writes = text.find("ON DELETE SET ") != std::string::npos ||
                        text.find("ON UPDATE SET ") != std::string::npos ||
                        text.find("ON UPDATE CASCADE") != std::string::npos;
    for (Identifier const& name : reference.definition->columns) {
      Column const* column = find(reference.columns, name);
      if (writes && column != nullptr && column->generated) {
        return breach(name.quoted());
      }
    }
    return std::nullopt;
  });
}

enum class Persistence : std::uint8_t { Temporary, Unlogged, Permanent };

Persistence persistence_of(QualifiedName const& name, bool unlogged) {
  bool const temporary = name.schema.raw() == sql::temporary_schema;
  return temporary  ? Persistence::Temporary
         : unlogged ? Persistence::Unlogged
                    : Persistence::Permanent;
}

/// Of the table that a statement gives a foreign key.
Persistence own_persistence(Facts const& facts) {
  auto const* create = facts.body<sql::CreateTable>();
  Table const* table = facts.table();
  bool const unlogged = create != nullptr ? create->unlogged : table != nullptr && table->unlogged;
  return persistence_of(facts.target(), unlogged);
}

/// What a crash or the session's end takes away, a table that stays must not point to.
MaybeBreach points_to_less_lasting(Facts const& facts) {
  return first(facts, [&](Reference const& reference) -> MaybeBreach {
    Persistence const own = own_persistence(facts);
    Persistence const other =
        persistence_of(reference.referenced->name, reference.referenced->unlogged);
    bool const fits = own == Persistence::Temporary ? other == own : other >= own;
    return fits ? std::nullopt : std::optional(breach(reference.referenced->name.display()));
  });
}

MaybeBreach references_from_the_whole_alone(Facts const& facts) {
  Table const* table = added(facts, ConstraintForm::ForeignKey) != nullptr && facts.alter->only
                           ? facts.table()
                           : nullptr;
  return table != nullptr && table->kind == TableKind::Partitioned ? std::optional(breach(""))
                                                                   : std::nullopt;
}

/// SET UNLOGGED of what a logged table points to, SET LOGGED of what points to an unlogged one.
MaybeBreach logged_apart(Facts const& facts) {
  Table const* table =
      is(facts, "SET LOGGED") || is(facts, "SET UNLOGGED") ? facts.table() : nullptr;
  if (table == nullptr || table->unlogged == is(facts, "SET UNLOGGED")) {
    return std::nullopt;
  }
  if (table->unlogged) {
    for (Constraint const& constraint : table->constraints) {
      Table const* other = constraint.kind == ConstraintKind::ForeignKey
                               ? facts.catalog.tables.find(constraint.references)
                               : nullptr;
      if (other != nullptr && other != table && other->unlogged) {
        return breach(other->name.display());
      }
    }
    return std::nullopt;
  }
  for (Table const* whole = table; whole != nullptr;
       whole = facts.catalog.tables.find(whole->partition_of)) {
    for (Table const* other : facts.catalog.referencing(whole->name)) {
      if (other != table && !other->unlogged) {
        return breach(other->name.display());
      }
    }
  }
  return std::nullopt;
}

/// By name: FOR ALL TABLES leaves out what is unlogged.
MaybeBreach unlogs_published(Facts const& facts) {
  Table const* table = is(facts, "SET UNLOGGED") ? facts.table() : nullptr;
  auto const names = [](catalog::Dependent const& one) {
    return one.kind == catalog::DependentKind::Publication;
  };
  if (table == nullptr || table->unlogged) {
    return std::nullopt;
  }
  auto const found = std::ranges::find_if(table->dependents, names);
  return found == table->dependents.end() ? std::nullopt
                                          : std::optional(breach(found->name.name.quoted()));
}

/// Both sides of a foreign key that a new type of one of them parts.
MaybeBreach parts(Facts const& facts, Constraint const& key, Table const& own, Table const& other,
                  std::string const& to) {
  for (std::size_t i = 0; i < std::min(key.columns.size(), key.referenced_columns.size()); ++i) {
    bool const from = own.name == facts.target() && key.columns[i] == facts.command->name;
    bool const of_key =
        other.name == facts.target() && key.referenced_columns[i] == facts.command->name;
    Column const* left = own.column(key.columns[i]);
    Column const* right = other.column(key.referenced_columns[i]);
    if ((!from && !of_key) || left == nullptr || right == nullptr) {
      continue;
    }
    bool const fits =
        can_reference(facts.catalog, from ? to : left->type, of_key ? to : right->type) != false;
    if (!fits) {
      return breach(key.name.quoted(), own.name.display());
    }
  }
  return std::nullopt;
}

MaybeBreach retypes_one_side(Facts const& facts) {
  Table const* table = is(facts, AlterAction::AlterType) ? facts.table() : nullptr;
  if (table == nullptr) {
    return std::nullopt;
  }
  std::string const to = catalog::qualified_type(facts.catalog, facts.command->type);
  MaybeBreach found;
  for (Constraint const& key : table->constraints) {
    Table const* other = key.kind == ConstraintKind::ForeignKey
                             ? facts.catalog.tables.find(key.references)
                             : nullptr;
    found = found || other == nullptr ? found : parts(facts, key, *table, *other, to);
  }
  for (Table const* other : facts.catalog.referencing(table->name)) {
    for (Constraint const& key : other->constraints) {
      bool const to_it = key.references == table->name && other != table;
      found = found || !to_it ? found : parts(facts, key, *other, *table, to);
    }
  }
  return found;
}

constexpr Precondition foreign_keys_rows[] = {
    {"42809", references_from_the_whole_alone, of::add_constraint,
     "{table} is partitioned, and its partitions have its foreign keys", "Leave out ONLY."},
    {"42P16", points_to_less_lasting, of::create_table | of::alter_table,
     "{what} does not last as long as {table}: it is unlogged or temporary, or {table} is "
     "temporary",
     "Point to a table that is logged as this one is."},
    {"55000", unlogs_published, of::other_command,
     "{table} is part of the publication {what}, and unlogged tables are not replicated",
     "ALTER PUBLICATION {what} DROP TABLE {table} first."},
    {"42P16", logged_apart, of::other_command,
     "a foreign key ties {table} to {what}, which is logged otherwise",
     "Change the table that points to the other one first."},
    {"42804", retypes_one_side, of::alter_type,
     "{what} of {other} could not compare its two sides any more",
     "Change both columns: drop the foreign key, change each, and add it again NOT VALID, to be "
     "validated in a migration of its own."},
    {"42809", points_to_view, of::create_table | of::add_column | of::add_constraint,
     "{what} is no table that has keys", "Point to the table that holds the rows."},
    {"42601", action_writes_generated, of::create_table | of::add_column | of::add_constraint,
     "{what} is a generated column, which no action writes",
     "Leave out ON UPDATE and ON DELETE SET."},
    {"42704", has_no_primary, of::create_table | of::add_column | of::add_constraint,
     "{what} has no primary key, and no columns are named",
     "Name the columns of a unique key: REFERENCES {what} (…)."},
    {"42830", counts_differ, of::create_table | of::add_column | of::add_constraint,
     "{what} and {other} are not as many columns", "Name one column for each that it points to."},
    {"42830", has_no_key, of::create_table | of::add_column | of::add_constraint,
     "no unique key of {other} is over {what}",
     "CREATE UNIQUE INDEX CONCURRENTLY ON {other} ({what}) first, in a migration of its own: not "
     "partial, and over those columns alone."},
    {"55000", has_deferred_key, of::create_table | of::add_column | of::add_constraint,
     "the key of {other} over {what} is DEFERRABLE",
     "CREATE UNIQUE INDEX CONCURRENTLY ON {other} ({what}) first, in a migration of its own."},
    {"42804", types_differ, of::create_table | of::add_column | of::add_constraint,
     "{what}, and {other}: the two are not compared",
     "Give the column the type that it points to."},
};

}  // namespace

std::span<Precondition const> of_foreign_keys() {
  return foreign_keys_rows;
}

}  // namespace bellows::rules::preconditions
