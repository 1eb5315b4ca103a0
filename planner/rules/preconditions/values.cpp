#include "planner/catalog/edit.hpp"
#include "planner/rules/preconditions/parts.hpp"
#include "planner/rules/preconditions/type_casts.hpp"

// Source: rewriteHandler.c, rewriteTargetListIU(); tablecmds.c, GetColumnDefCollation(),
// ATExecSetStorage(); indexcmds.c, ResolveOpClass(); pg_type, pg_opclass of 13 to 18.
namespace bellows::rules::preconditions {

namespace {

// --- UPDATE ---

/// Set to anything but DEFAULT.
MaybeBreach sets_where(Facts const& facts, bool (*wrong)(Column const&)) {
  auto const* update = facts.body<sql::Update>();
  Table const* table = update == nullptr ? nullptr : facts.table();
  if (table == nullptr || table->kind == TableKind::View) {
    return std::nullopt;
  }
  for (sql::Assignment const& one : update->set) {
    Column const* column = table->column(one.column);
    std::string text = one.expression;
    std::ranges::transform(text, text.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    bool const is_default = text.empty() || text.find("DEFAULT") != std::string::npos;
    if (column != nullptr && !is_default && wrong(*column)) {
      return breach(column->name.quoted());
    }
  }
  return std::nullopt;
}

MaybeBreach writes_generated(Facts const& facts) {
  return sets_where(facts, [](Column const& column) { return column.generated; });
}

MaybeBreach writes_identity(Facts const& facts) {
  return sets_where(
      facts, [](Column const& column) { return column.identity == catalog::Identity::Always; });
}

// --- what a type has not ---

constexpr std::string_view collatable[] = {"text", "character varying", "character", "name"};
constexpr std::string_view variable[] = {
    "numeric",   "json",        "jsonb",     "xml",     "bytea",    "inet",    "cidr",
    "bit",       "bit varying", "path",      "polygon", "tsvector", "tsquery", "int4range",
    "int8range", "numrange",    "daterange", "tsrange", "tstzrange"};
constexpr std::string_view unordered[] = {"json", "xml",  "point",   "line",  "lseg",
                                          "box",  "path", "polygon", "circle"};

std::string bare(std::string const& type) {
  auto const open = type.find('(');
  auto const close = type.find(')');
  return open == std::string::npos || close == std::string::npos
             ? type
             : type.substr(0, open) + type.substr(close + 1);
}

bool among(auto const& list, std::string const& type) {
  return std::ranges::find(list, std::string_view(type)) != std::end(list);
}

bool is_known(std::string const& type) {
  auto const known = known_types();
  return std::ranges::find(known, std::string_view(type)) != known.end();
}

MaybeBreach collates_number(Facts const& facts) {
  bool const adds = is(facts, AlterAction::AddColumn);
  bool const asks = adds || is(facts, AlterAction::AlterType);
  if (!asks || facts.command->column.collation.empty()) {
    return std::nullopt;
  }
  std::string const type = bare(catalog::qualified_type(
      facts.catalog, adds ? facts.command->column.type : facts.command->type));
  return is_known(type) && !among(collatable, type)
             ? std::optional(breach(facts.command->name.quoted(), type))
             : std::nullopt;
}

MaybeBreach stores_fixed(Facts const& facts) {
  Column const* column = is(facts, "SET STORAGE") ? column_of(facts) : nullptr;
  std::string const type = column == nullptr ? "" : underlying_type(facts.catalog, column->type);
  std::string value = column == nullptr ? "" : facts.command->value;
  std::ranges::transform(value, value.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  bool const fixed = (is_known(type) && !among(collatable, type) && !among(variable, type)) ||
                     facts.catalog.enums.contains(type);
  bool const moves = value == "EXTERNAL" || value == "EXTENDED" || value == "MAIN";
  return column != nullptr && moves && (fixed || type == "name")
             ? std::optional(breach(column->name.quoted(), type))
             : std::nullopt;
}

MaybeBreach orders_unordered(Facts const& facts) {
  Table const* table = facts.table();
  if (table == nullptr) {
    return std::nullopt;
  }
  std::vector<Identifier> keys;
  auto const* index = facts.body<sql::CreateIndex>();
  bool const plain =
      index != nullptr && index->method == "btree" && index->rest.find("_ops") == std::string::npos;
  for (sql::IndexElement const& key : plain ? index->keys : std::vector<sql::IndexElement>{}) {
    keys.push_back(key.column);
  }
  for (ConstraintForm const form : {ConstraintForm::PrimaryKey, ConstraintForm::Unique}) {
    if (auto const* key = added(facts, form)) {
      keys = key->columns;
    }
  }
  for (Identifier const& key : keys) {
    Column const* column = table->column(key);
    if (column != nullptr && among(unordered, bare(column->type))) {
      return breach(key.quoted(), column->type);
    }
  }
  return std::nullopt;
}

constexpr Precondition values_rows[] = {
    {"42601", writes_generated, of::update,
     "{what} of {table} is generated, and only set to DEFAULT",
     "Set the columns that it is computed from.", 0, 13},
    {"428C9", writes_generated, of::update,
     "{what} of {table} is generated, and only set to DEFAULT",
     "Set the columns that it is computed from.", 14},
    {"428C9", writes_identity, of::update,
     "{what} of {table} is GENERATED ALWAYS AS IDENTITY, and only set to DEFAULT",
     "ALTER TABLE {table} ALTER COLUMN {what} SET GENERATED BY DEFAULT first."},
    {"42804", collates_number, of::add_column | of::alter_type,
     "{what} is {other}, which has no collation", "Leave out COLLATE."},
    {"0A000", stores_fixed, of::other_command, "{what} is {other}, which is stored PLAIN",
     "Leave it out."},
    {"42704", orders_unordered, of::create_index | of::add_constraint,
     "{what} is {other}, which has no order that a btree could keep",
     "Index an expression of it, or use another method (gin, gist)."},
};

}  // namespace

std::span<Precondition const> of_values() {
  return values_rows;
}

}  // namespace bellows::rules::preconditions
