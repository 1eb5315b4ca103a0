#include "planner/rules/preconditions/type_names.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/locks/type_change.hpp"

#include <stdexcept>

// Source: parse_type.c, typenameType(); manual, appendix A.
namespace bellows::rules::preconditions {

namespace {

using sql::ObjectKind;

/// Without what stands behind its name.
std::string_view name_in(std::string_view type) {
  bool quoted = false;
  for (std::size_t i = 0; i < type.size(); ++i) {
    quoted = quoted != (type[i] == '"');
    if (!quoted && (type[i] == '(' || type[i] == '[')) {
      return type.substr(0, i);
    }
  }
  return type;
}

/// pg_catalog has more types than are listed anywhere here, and an array's own name begins so.
bool may_be_systems(QualifiedName const& name) {
  constexpr std::string_view beginnings[] = {"pg_", "_", "any", "reg"};
  std::string const& schema = name.schema.raw();
  return schema == "information_schema" || schema.starts_with("pg_") ||
         std::ranges::any_of(
             beginnings, [&](std::string_view one) { return name.name.raw().starts_with(one); });
}

std::vector<std::string> of_columns(Catalog const& catalog,
                                    std::vector<sql::ColumnDefinition> const& columns) {
  std::vector<std::string> types;
  for (sql::ColumnDefinition const& column : columns) {
    types.push_back(column.type.serial ? "" : catalog::qualified_type(catalog, column.type));
  }
  return types;
}

/// The types that a statement names, each as qualified_type() has it.
struct NamedTypes {
  Facts const& facts;
  using Types = std::vector<std::string>;

  std::string text(QualifiedName const& name) const {
    return name.name.empty() ? "" : catalog::type_text(facts.catalog, name);
  }
  std::string text(sql::TypeName const& type) const {
    return catalog::qualified_type(facts.catalog, type);
  }

  Types operator()(sql::AlterTable const& alter) const {
    bool const there = facts.command == nullptr ||
                       (facts.table() == nullptr && alter.on != ObjectKind::Type) ||
                       (is(facts, AlterAction::AddColumn) && facts.table() != nullptr &&
                        facts.table()->column(facts.command->name) != nullptr);
    if (there) {
      return {};
    }
    Types types = of_columns(facts.catalog, {facts.command->column});
    types.push_back(text(facts.command->type));
    for (sql::TypeName const& cast : facts.command->casts.value_or(std::vector<sql::TypeName>{})) {
      types.push_back(text(cast));
    }
    return types;
  }
  Types operator()(sql::CreateTable const& create) const {
    Types types = of_columns(facts.catalog, create.columns);
    types.push_back(text(create.of_type));
    return create.if_not_exists && facts.table() != nullptr ? Types{} : types;
  }
  Types operator()(sql::DomainChange const& change) const {
    return {change.creates ? text(change.base) : text(change.domain)};
  }
  Types operator()(sql::Drop const& drop) const {
    Types types;
    for (QualifiedName const& name : drop.names) {
      types.push_back(drop.kind == ObjectKind::Type && !drop.if_exists ? text(name) : "");
    }
    return types;
  }
  Types operator()(sql::RenameObject const& rename) const {
    bool const of_type = rename.kind == ObjectKind::Type || rename.kind == ObjectKind::Domain;
    return {of_type && rename.what != "ATTRIBUTE" ? text(rename.name) : ""};
  }
  Types operator()(sql::Other const& other) const {
    Types types = of_columns(facts.catalog, other.attributes);
    bool const alters = facts.statement.kind.starts_with("ALTER TYPE");
    types.push_back(alters ? text(other.object) : "");
    return types;
  }
  template <typename Body>
  Types operator()(Body const&) const {
    return {};
  }
};

MaybeBreach names_missing_type(Facts const& facts) {
  if (!facts.catalog.complete || facts.catalog.extended) {
    return std::nullopt;
  }
  for (std::string const& type : std::visit(NamedTypes{facts}, facts.statement.body)) {
    if (is_missing_type(facts.catalog, type)) {
      return breach(type);
    }
  }
  return std::nullopt;
}

constexpr Precondition type_names_rows[] = {
    {"42704", names_missing_type,
     of::create_table | of::alter_table | of::domain_change | of::drop | of::rename_object |
         of::other,
     "there is no type {what}",
     "Check the name and the schema before it; where another migration makes it, let that one come "
     "first."},
};

}  // namespace

bool is_missing_type(Catalog const& catalog, std::string const& type) {
  bool const told = catalog.complete && !catalog.extended;
  if (!told || type.empty() || locks::is_shipped_type(type)) {
    return false;
  }
  try {
    QualifiedName const name = sql::parse_qualified_name(std::string(name_in(type)));
    std::string const text = name.quoted();
    return !may_be_systems(name) && !catalog.domains.contains(text) &&
           !catalog.composites.contains(text) && !catalog.enums.contains(text) &&
           !catalog.other_types.contains(text) && !catalog.tables.contains(name);
  } catch (std::invalid_argument const&) {
    return false;  // "timestamp with time zone": of PostgreSQL's own
  }
}

std::span<Precondition const> of_type_names() {
  return type_names_rows;
}

}  // namespace bellows::rules::preconditions
