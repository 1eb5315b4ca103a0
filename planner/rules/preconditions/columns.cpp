#include "planner/catalog/edit.hpp"
#include "planner/locks/related.hpp"
#include "planner/rules/preconditions/immutable.hpp"
#include "planner/rules/preconditions/parts.hpp"
#include "planner/sql/expression.hpp"

// Source: tablecmds.c, ATPrepAddColumn(), ATExecAddColumn(), renameatt_internal(),
// ATPrepAlterColumnType(), ATExecColumnDefault(), ATExecDropNotNull(), ATPrepDropExpression(),
// ATExecSetExpression(), ATExecSetStatistics(); heap.c, cookDefault(), check_nested_generated().
namespace bellows::rules::preconditions {

namespace {

// --- typed tables ---

MaybeBreach changes_typed(Facts const& facts) {
  Table const* table = facts.table();
  if (table == nullptr || table->of_type.empty()) {
    return std::nullopt;
  }
  auto const* rename = facts.body<sql::RenameObject>();  // of a constraint: the same check
  bool const changes = facts.body<sql::RenameColumn>() != nullptr ||
                       (rename != nullptr && rename->what == "CONSTRAINT") ||
                       is(facts, AlterAction::AddColumn) || is(facts, AlterAction::DropColumn) ||
                       is(facts, AlterAction::AlterType);
  return changes ? std::optional(breach("", table->of_type)) : std::nullopt;
}

MaybeBreach inherits_typed(Facts const& facts) {
  Table const* table = facts.table();
  bool const typed = is(facts, "INHERIT") && table != nullptr && !table->of_type.empty();
  return typed ? std::optional(breach("", table->of_type)) : std::nullopt;
}

// --- columns with several parents ---

std::vector<QualifiedName> parents_with(Catalog const& catalog, Table const& table,
                                        Identifier const& column) {
  std::vector<QualifiedName> parents = table.inherits;
  if (!table.partition_of.name.empty()) {
    parents.push_back(table.partition_of);
  }
  std::erase_if(parents, [&](QualifiedName const& name) {
    Table const* parent = catalog.tables.find(name);
    return parent == nullptr || parent->column(column) == nullptr;
  });
  return parents;
}

/// A table below has the column from a parent, too, that is not below the target.
MaybeBreach has_another_parent(Facts const& facts, Identifier const& column) {
  std::vector<QualifiedName> const tree =
      catalog::with_children(facts.catalog, facts.target(), false);
  for (std::size_t i = 1; i < tree.size(); ++i) {
    Table const* below = facts.catalog.tables.find(tree[i]);
    for (QualifiedName const& parent : parents_with(facts.catalog, *below, column)) {
      if (!has(tree, parent)) {
        return breach(column.quoted(), below->name.display() + " has it from " + parent.display());
      }
    }
  }
  return std::nullopt;
}

MaybeBreach renames_shared(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameColumn>();
  return rename != nullptr && !rename->only ? has_another_parent(facts, rename->from)
                                            : std::nullopt;
}

MaybeBreach retypes_shared(Facts const& facts) {
  return is(facts, AlterAction::AlterType) && !facts.alter->only
             ? has_another_parent(facts, facts.command->name)
             : std::nullopt;
}

/// A child has one of that name and another type: the two cannot become one.
MaybeBreach child_differs(Facts const& facts) {
  if (!is(facts, AlterAction::AddColumn) || facts.alter->only) {
    return std::nullopt;
  }
  std::string const type = catalog::qualified_type(facts.catalog, facts.command->column.type);
  bool const there = facts.table() != nullptr && facts.table()->column(facts.command->name);
  for (QualifiedName const& name : catalog::with_children(facts.catalog, facts.target(), false)) {
    Table const* below = facts.catalog.tables.find(name);
    Column const* own = there || below == nullptr || name == facts.target()
                            ? nullptr
                            : below->column(facts.command->name);
    if (own != nullptr && !type.empty() && own->type != type) {
      return breach(own->name.quoted() + " of " + name.display(), own->type);
    }
  }
  return std::nullopt;
}

// --- defaults and expressions ---

/// SET DEFAULT, DROP DEFAULT: of the table, or of one below it that the command reaches.
MaybeBreach default_where(Facts const& facts, bool (*wrong)(Column const&)) {
  Column const* column = column_of(facts);
  bool const sets = is(facts, AlterAction::SetDefault) || is(facts, AlterAction::DropDefault);
  if (!sets || column == nullptr) {
    return std::nullopt;
  }
  for (QualifiedName const& name : locks::related::tree(facts)) {
    Table const* table = facts.catalog.tables.find(name);
    Column const* own = table == nullptr ? nullptr : table->column(column->name);
    if (own != nullptr && wrong(*own)) {
      bool const below = table != facts.table();
      return breach(own->name.quoted() + (below ? " of " + name.display() : ""));
    }
  }
  return std::nullopt;
}

MaybeBreach of_generated(Facts const& facts) {
  return default_where(facts, [](Column const& column) { return column.generated; });
}

MaybeBreach of_identity(Facts const& facts) {
  return default_where(
      facts, [](Column const& column) { return column.identity != catalog::Identity::None; });
}

MaybeBreach is_not_generated(Facts const& facts) {
  Column const* column = column_of(facts);
  bool const asks = is(facts, AlterAction::DropExpression) || is(facts, AlterAction::SetExpression);
  return asks && column != nullptr && !column->generated && !facts.command->if_exists
             ? std::optional(breach(column->name.quoted()))
             : std::nullopt;
}

MaybeBreach keeps_virtual(Facts const& facts) {
  Column const* column = column_of(facts);
  return is(facts, AlterAction::DropExpression) && column != nullptr && column->virtual_column
             ? std::optional(breach(column->name.quoted()))
             : std::nullopt;
}

/// Any CHECK of the table, whichever column it is about.
MaybeBreach checked_virtual(Facts const& facts) {
  Column const* column = column_of(facts);
  if (!is(facts, AlterAction::SetExpression) || column == nullptr || !column->virtual_column) {
    return std::nullopt;
  }
  auto const& all = facts.table()->constraints;
  auto const check = std::ranges::find(all, ConstraintKind::Check, &Constraint::kind);
  return check == all.end() ? std::nullopt
                            : std::optional(breach(column->name.quoted(), check->name.quoted()));
}

MaybeBreach counts_virtual(Facts const& facts) {
  Column const* column = column_of(facts);
  return is(facts, "SET STATISTICS") && column != nullptr && column->virtual_column
             ? std::optional(breach(column->name.quoted()))
             : std::nullopt;
}

MaybeBreach converts_generated(Facts const& facts) {
  Column const* column = column_of(facts);
  return is(facts, AlterAction::AlterType) && column != nullptr && column->generated &&
                 !facts.command->using_text.empty()
             ? std::optional(breach(column->name.quoted()))
             : std::nullopt;
}

/// 'reader', 17, now(): no column is named, and nothing to be asked of a parser.
bool is_plain(std::string_view text) {
  bool const quoted =
      text.size() > 1 && text.front() == '\'' && text.find('\'', 1) == text.size() - 1;
  bool const number = text.find_first_not_of("0123456789") == std::string_view::npos;
  std::string_view const name = text.ends_with("()") ? text.substr(0, text.size() - 2) : "";
  bool const call = !name.empty() &&
                    name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
  return quoted || number || call;
}

std::optional<sql::Expression> parsed(std::string const& text) {
  try {
    return text.empty() ? std::nullopt : std::optional(sql::Expression::parse(text));
  } catch (sql::SyntaxError const&) {
    return std::nullopt;  // a newer server's
  }
}

/// What an added or changed generated column is computed from; nothing where there is none, or its
/// text is a newer server's.
std::optional<sql::Expression> generation(Facts const& facts) {
  if (facts.command == nullptr) {
    return std::nullopt;
  }
  std::string text = is(facts, AlterAction::SetExpression) ? facts.command->expression : "";
  if (is(facts, AlterAction::AddColumn)) {
    auto const& all = facts.command->column.constraints;
    auto const found =
        std::ranges::find(all, ConstraintForm::Generated, &sql::ConstraintDefinition::form);
    text = found == all.end() ? "" : found->expression;
  }
  return parsed(text);
}

MaybeBreach computed_from_computed(Facts const& facts) {
  auto const expression = generation(facts);
  Table const* table = facts.table();
  if (!expression || table == nullptr) {
    return std::nullopt;
  }
  for (Column const& column : table->columns) {
    if (column.generated && expression->mentions(column.name)) {
      return breach(facts.command->name.quoted(), column.name.quoted());
    }
  }
  return std::nullopt;
}

MaybeBreach computed_from_nothing(Facts const& facts) {
  auto const expression = generation(facts);
  Table const* table = facts.table();
  if (!expression || table == nullptr || table->partial || !facts.catalog.complete) {
    return std::nullopt;
  }
  for (sql::ColumnReference const& reference : expression->columns()) {
    Identifier const& name = reference.path.back();
    bool const there = reference.path.size() != 1 || table->column(name) != nullptr ||
                       name == facts.command->name || name == table->name.name;
    if (!there) {
      return breach(name.quoted());
    }
  }
  return std::nullopt;
}

/// 18's virtual columns have PostgreSQL's own types, and no domain over one.
MaybeBreach virtual_of_domain(Facts const& facts) {
  bool const adds = is(facts, AlterAction::AddColumn);
  Column const* column = is(facts, AlterAction::AlterType) ? column_of(facts) : nullptr;
  bool const made = adds && std::ranges::any_of(facts.command->column.constraints,
                                                &sql::ConstraintDefinition::virtual_column);
  if (!made && (column == nullptr || !column->virtual_column)) {
    return std::nullopt;
  }
  std::string const type = catalog::qualified_type(
      facts.catalog, adds ? facts.command->column.type : facts.command->type);
  return facts.catalog.domains.contains(type)
             ? std::optional(breach(facts.command->name.quoted(), type))
             : std::nullopt;
}

MaybeBreach computed_differently(Facts const& facts) {
  auto const expression = generation(facts);
  return expression && expression->calls_volatile()
             ? std::optional(breach(facts.command->name.quoted(), expression->text()))
             : std::nullopt;
}

/// The first column that a DEFAULT names: it is computed before there is a row.
MaybeBreach defaults_to_column(Facts const& facts) {
  if (facts.command == nullptr) {
    return std::nullopt;
  }
  std::string text = is(facts, AlterAction::SetDefault) ? facts.command->expression : "";
  if (is(facts, AlterAction::AddColumn)) {
    auto const& all = facts.command->column.constraints;
    auto const found =
        std::ranges::find(all, ConstraintForm::Default, &sql::ConstraintDefinition::form);
    text = found == all.end() ? "" : found->expression;
  }
  auto const expression = is_plain(text) ? std::nullopt : parsed(text);
  return expression && !expression->columns().empty()
             ? std::optional(breach(facts.command->name.quoted(),
                                    expression->columns().front().path.back().quoted()))
             : std::nullopt;
}

// --- NOT NULL ---

MaybeBreach drops_identitys(Facts const& facts) {
  Column const* column = column_of(facts);
  return is(facts, AlterAction::DropNotNull) && column != nullptr &&
                 column->identity != catalog::Identity::None
             ? std::optional(breach(column->name.quoted()))
             : std::nullopt;
}

MaybeBreach drops_keys(Facts const& facts) {
  Column const* column = column_of(facts);
  if (!is(facts, AlterAction::DropNotNull) || column == nullptr) {
    return std::nullopt;
  }
  for (Index const& index : facts.table()->indexes) {
    bool const of_key = index.primary || index.replica_identity;
    std::vector<Identifier> const key(
        index.columns.begin(),
        index.columns.begin() + static_cast<std::ptrdiff_t>(index.key_columns));
    if (of_key && has(key, column->name)) {
      return breach(
          column->name.quoted(),
          (index.primary ? "the primary key " : "the replica identity ") + index.name.quoted());
    }
  }
  return std::nullopt;
}

MaybeBreach drops_parents(Facts const& facts) {
  Column const* column = column_of(facts);
  if (!is(facts, AlterAction::DropNotNull) || column == nullptr || !column->not_null) {
    return std::nullopt;
  }
  Table const& table = *facts.table();
  bool const inherits_constraints = facts.catalog.server_version >= 18;
  for (QualifiedName const& name : parents_with(facts.catalog, table, column->name)) {
    bool const counts = inherits_constraints || name == table.partition_of;
    if (counts && facts.catalog.tables.find(name)->column(column->name)->not_null) {
      return breach(column->name.quoted(), name.display());
    }
  }
  return std::nullopt;
}

MaybeBreach only_the_whole(Facts const& facts) {
  Table const* table = facts.table();
  bool const partitioned = table != nullptr && table->kind == TableKind::Partitioned &&
                           has_children(facts.catalog, *table);
  bool const drops = is(facts, AlterAction::DropNotNull) && facts.catalog.server_version < 18;
  bool const sets = is(facts, AlterAction::SetNotNull);
  Column const* column = column_of(facts);
  bool const only = partitioned && facts.alter != nullptr && facts.alter->only;
  if (!only || column == nullptr || (!drops && !(sets && !column->not_null))) {
    return std::nullopt;
  }
  bool const missing =
      drops || facts.catalog.server_version >= 18 ||
      std::ranges::any_of(
          facts.catalog.linked(catalog::Link::Below, table->name), [&](QualifiedName const& name) {
            Table const* below = facts.catalog.tables.find(name);
            Column const* part = below == nullptr || below->partition_of != table->name
                                     ? nullptr
                                     : below->column(column->name);
            return part != nullptr && !part->not_null;
          });
  return missing ? std::optional(breach(column->name.quoted())) : std::nullopt;
}

/// The expression of a generated column that is made.
MaybeBreach differs(Facts const& facts, Table const* table, sql::ColumnDefinition const& column) {
  for (sql::ConstraintDefinition const& one : column.constraints) {
    if (one.form == ConstraintForm::Generated && may_differ(facts.catalog, table, one.expression)) {
      return breach(one.expression);
    }
  }
  return std::nullopt;
}

MaybeBreach computes_at_its_call(Facts const& facts) {
  if (auto const* create = facts.body<sql::CreateTable>()) {
    bool const skipped = create->if_not_exists && facts.table() != nullptr;
    MaybeBreach found;
    for (std::size_t at = 0; !skipped && !found && at < create->columns.size(); ++at) {
      found = differs(facts, nullptr, create->columns[at]);
    }
    return found;
  }
  if (is(facts, AlterAction::SetExpression)) {
    return may_differ(facts.catalog, facts.table(), facts.command->expression)
               ? std::optional(breach(facts.command->expression))
               : std::nullopt;
  }
  bool const adds = is(facts, AlterAction::AddColumn) && facts.table() != nullptr &&
                    facts.table()->column(facts.command->name) == nullptr;
  return adds ? differs(facts, facts.table(), facts.command->column) : std::nullopt;
}

constexpr Precondition columns_rows[] = {
    {"42809", changes_typed,
     of::rename_column | of::rename_object | of::add_column | of::drop_column | of::alter_type,
     "{table} is of the type {other}, whose attributes are its columns",
     "ALTER TYPE {other} … ATTRIBUTE … CASCADE changes the table with its type; or ALTER TABLE "
     "{table} NOT OF first."},
    {"42809", inherits_typed, of::other_command,
     "{table} is of the type {other}, and a typed table inherits nothing",
     "ALTER TABLE {table} NOT OF first."},
    {"42P16", renames_shared, of::rename_column,
     "{what} cannot be renamed in {table} alone: {other}, too",
     "ALTER TABLE … NO INHERIT one of the two parents first, and rename the column in each."},
    {"42P16", retypes_shared, of::alter_type,
     "the type of {what} cannot change in {table} alone: {other}, too",
     "ALTER TABLE … NO INHERIT one of the two parents first, and change the type in each."},
    {"42804", child_differs, of::add_column,
     "{what} is {other}, and the two cannot become one column",
     "Rename the column of the child first, or give the new one its type."},
    {"42601", of_generated, of::set_default | of::drop_default,
     "{what} of {table} is a generated column, which has no DEFAULT",
     "ALTER COLUMN {what} DROP EXPRESSION first (of a STORED one), or SET EXPRESSION (since 17)."},
    {"42601", of_identity, of::set_default | of::drop_default,
     "{what} of {table} is an identity column, which has no DEFAULT",
     "ALTER COLUMN {what} DROP IDENTITY first."},
    {"0A000", keeps_virtual, of::drop_expression,
     "{what} of {table} is a virtual column: no row holds its values",
     "Add an ordinary column, fill it in batches, and swap the names.", 18},
    {"55000", is_not_generated, of::drop_expression | of::set_expression,
     "{what} of {table} is no generated column", "Check the name; IF EXISTS with DROP EXPRESSION."},
    {"0A000", checked_virtual, of::set_expression,
     "{what} of {table} is a virtual column, and the table has a CHECK ({other})",
     "ALTER TABLE {table} DROP CONSTRAINT {other} before it, with every other CHECK, and add them "
     "again NOT VALID afterwards.",
     18, 18},
    {"0A000", counts_virtual, of::other_command,
     "{what} of {table} is a virtual column, of which nothing is counted",
     "Leave it out: statistics are for columns that are stored.", 18},
    {"42611", converts_generated, of::alter_type,
     "{what} of {table} is a generated column, whose values come from its expression",
     "Leave USING out."},
    {"42P17", computes_at_its_call, of::add_column | of::create_table | of::set_expression,
     "{what} is not the same at every call, and a generated column's expression is",
     "Use an expression that depends on the row alone."},
    {"42P17", computed_from_computed, of::add_column | of::set_expression,
     "{other} is a generated column, and {what} cannot use it",
     "Repeat the expression of {other} in that of {what}."},
    {"0A000", virtual_of_domain, of::add_column | of::alter_type,
     "{what} is a virtual column, and {other} is a domain", "Use the domain's own type.", 18},
    {"42703", computed_from_nothing, of::add_column | of::set_expression,
     "{table} has no column {what}", "Check the name."},
    {"42P17", computed_differently, of::add_column | of::set_expression,
     "{other} is not the same at every call",
     "Use an expression that depends on the row alone, or a DEFAULT."},
    {"0A000", defaults_to_column, of::add_column | of::set_default,
     "the DEFAULT of {what} names a column, {other}",
     "Use a GENERATED column, or a BEFORE INSERT trigger."},
    {"42601", drops_identitys, of::drop_not_null,
     "{what} of {table} is an identity column, which must not be NULL",
     "ALTER COLUMN {what} DROP IDENTITY first."},
    {"42P16", drops_keys, of::drop_not_null, "{what} of {table} is part of {other}",
     "Drop the key, or give the table another REPLICA IDENTITY, before it."},
    {"42P16", drops_parents, of::drop_not_null,
     "{what} of {table} must not be NULL because of {other}",
     "ALTER TABLE {other} ALTER COLUMN {what} DROP NOT NULL, which does it here as well."},
    {"42P16", only_the_whole, of::set_not_null | of::drop_not_null,
     "what is NOT NULL in {table} is so in all its partitions", "Leave out ONLY."},
};

}  // namespace

std::span<Precondition const> of_columns() {
  return columns_rows;
}

}  // namespace bellows::rules::preconditions
