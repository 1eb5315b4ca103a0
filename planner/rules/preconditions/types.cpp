#include "planner/catalog/edit.hpp"
#include "planner/rules/preconditions/parts.hpp"
#include "planner/rules/preconditions/type_casts.hpp"

// Source: tablecmds.c, ATPrepAlterColumnType(), ATExecAlterColumnType(), RemoveRelations(),
// find_composite_type_dependencies(), find_typed_table_dependencies(); typecmds.c,
// get_rels_with_domain(), RenameType().
namespace bellows::rules::preconditions {

namespace {

// --- ALTER COLUMN TYPE ---

MaybeBreach has_no_cast(Facts const& facts) {
  Column const* column = column_of(facts);
  bool const plain = is(facts, AlterAction::AlterType) && facts.command->using_text.empty();
  if (!plain || column == nullptr) {
    return std::nullopt;
  }
  std::string const to = catalog::qualified_type(facts.catalog, facts.command->type);
  return is_assignable(facts.catalog, column->type, to) == false
             ? std::optional(breach(column->name.quoted(), column->type + " to " + to))
             : std::nullopt;
}

/// USING is the column itself under casts: one of them does not exist, or the last one does not end
/// at the new type.
MaybeBreach using_has_no_cast(Facts const& facts, bool outright) {
  Column const* column = column_of(facts);
  bool const asks = is(facts, AlterAction::AlterType) && column != nullptr &&
                    !facts.command->using_text.empty() && facts.command->casts;
  if (!asks || column->generated) {
    return std::nullopt;
  }
  std::string from = column->type;
  for (sql::TypeName const& cast : *facts.command->casts) {
    std::string to = catalog::qualified_type(facts.catalog, cast);
    if (outright && is_castable(facts.catalog, from, to) == false) {
      return breach(from, to);
    }
    from = std::move(to);
  }
  std::string const last = catalog::qualified_type(facts.catalog, facts.command->type);
  return !outright && is_assignable(facts.catalog, from, last) == false
             ? std::optional(breach(from, last))
             : std::nullopt;
}

MaybeBreach casts_to_nothing(Facts const& facts) {
  return using_has_no_cast(facts, true);
}

MaybeBreach using_ends_elsewhere(Facts const& facts) {
  return using_has_no_cast(facts, false);
}

/// Of which type a default is, where its text tells: a constant of the column's own type, a number,
/// what a sequence gives.
std::string type_of_default(Column const& column) {
  std::string const& text = column.default_sql.value_or("");
  bool const number = !text.empty() && text.size() < 10 &&
                      text.find_first_not_of("0123456789") == std::string::npos;
  if (number) {
    return "integer";
  }
  if (text.starts_with("nextval(") && text.find(')') + 1 == text.size()) {
    return "bigint";
  }
  bool const constant = text.starts_with('\'') && column.type.find('[') == std::string::npos;
  return constant ? column.type : "";
}

MaybeBreach default_has_no_cast(Facts const& facts) {
  Column const* column = column_of(facts);
  bool const converts = is(facts, AlterAction::AlterType) && !facts.command->using_text.empty() &&
                        column != nullptr && !column->generated;
  std::string const from = converts ? type_of_default(*column) : "";
  std::string const to = catalog::qualified_type(
      facts.catalog, facts.command == nullptr ? sql::TypeName{} : facts.command->type);
  return !from.empty() && is_assignable(facts.catalog, from, to) == false
             ? std::optional(breach(column->name.quoted(), *column->default_sql))
             : std::nullopt;
}

// --- types in use ---

MaybeBreach type_of_typed_table(Facts const& facts) {
  bool const alters = facts.alter != nullptr && facts.alter->on == sql::ObjectKind::Type &&
                      facts.command != nullptr && !facts.command->cascade;
  auto const* rename = facts.body<sql::RenameObject>();
  bool const renames =
      rename != nullptr && rename->what == "ATTRIBUTE" && !says_cascade(facts.statement.raw.text);
  if (!alters && !renames) {
    return std::nullopt;
  }
  std::string const type =
      catalog::type_text(facts.catalog, alters ? facts.alter->table : rename->name);
  for (auto const& [name, table] : facts.catalog.tables) {
    if (table.of_type == type) {
      return breach(type, name.display());
    }
  }
  return std::nullopt;
}

MaybeBreach row_type(Facts const& facts) {
  auto const* drop = facts.body<sql::Drop>();
  if (drop == nullptr || drop->kind != sql::ObjectKind::Type) {
    return std::nullopt;
  }
  for (QualifiedName const& name : facts.targets) {
    if (facts.catalog.tables.contains(name)) {
      return breach(name.display());
    }
  }
  return std::nullopt;
}

MaybeBreach alters_row_type(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  bool const renames = rename != nullptr && rename->kind == sql::ObjectKind::Type;
  bool const alters = facts.alter != nullptr && facts.alter->on == sql::ObjectKind::Type;
  QualifiedName const name = renames  ? facts.catalog.resolve(rename->name)
                             : alters ? facts.catalog.resolve(facts.alter->table)
                                      : QualifiedName();
  return !name.name.empty() && facts.catalog.tables.contains(name)
             ? std::optional(breach(name.display()))
             : std::nullopt;
}

/// A domain's values within arrays and rows are not looked at.
MaybeBreach domain_within(Facts const& facts) {
  constexpr std::string_view checking[] = {"ALTER DOMAIN ADD CONSTRAINT",
                                           "ALTER DOMAIN SET NOT NULL",
                                           "ALTER DOMAIN VALIDATE CONSTRAINT"};
  auto const* change = facts.body<sql::DomainChange>();
  bool const maybe_valid = facts.statement.kind == "ALTER DOMAIN VALIDATE CONSTRAINT" &&
                           facts.catalog.server_version >= 19;  // nothing is read then
  if (change == nullptr || maybe_valid ||
      std::ranges::find(checking, std::string_view(facts.statement.kind)) == std::end(checking)) {
    return std::nullopt;
  }
  std::string const domain = catalog::type_text(facts.catalog, change->domain);
  std::vector<std::string> containers{domain + "[]"};
  for (auto const& [type, attributes] : facts.catalog.composites) {
    if (std::ranges::find(attributes, domain, &Column::type) != attributes.end()) {
      containers.push_back(type);
    }
  }
  for (auto const& [name, table] : facts.catalog.tables) {
    bool const stored = table.kind != TableKind::View && table.kind != TableKind::Partitioned;
    for (Column const& column : table.columns) {
      if (stored && has(containers, column.type)) {
        return breach(domain, column.name.quoted() + " of " + name.display());
      }
    }
  }
  return std::nullopt;
}

constexpr Precondition types_rows[] = {
    {"42804", has_no_cast, of::alter_type,
     "no value of {what} becomes by itself what it is to be ({other})",
     "Say how, USING …; that rewrites the table: `bellows explain change-type`."},
    {"42846", casts_to_nothing, of::alter_type, "no value of {what} becomes {other}",
     "Cast through text, or say another way how."},
    {"42804", using_ends_elsewhere, of::alter_type,
     "USING gives {what}, which does not become {other} by itself", "Cast it to the new type."},
    {"42804", default_has_no_cast, of::alter_type,
     "the DEFAULT of {what}, {other}, does not become the new type",
     "In the same ALTER TABLE, ALTER COLUMN {what} DROP DEFAULT before it and SET DEFAULT after "
     "it."},
    {"2BP01", type_of_typed_table, of::alter_table | of::rename_object,
     "the columns of {other} are the attributes of {what}",
     "Add CASCADE, which changes the table with its type."},
    {"2BP01", row_type, of::drop, "{what} is the row type of a table, and goes with it",
     "DROP TABLE, or take it out."},
    {"42809", alters_row_type, of::alter_table | of::rename_object,
     "{what} is the row type of a table", "ALTER TABLE instead."},
    {"0A000", domain_within, of::domain_change,
     "{other} holds values of {what} in an array or a row",
     "Keep the constraint NOT VALID, which new values obey; the old ones cannot be checked."},
};

}  // namespace

std::span<Precondition const> of_types() {
  return types_rows;
}

}  // namespace bellows::rules::preconditions
