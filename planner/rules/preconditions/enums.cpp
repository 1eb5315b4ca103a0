#include "planner/catalog/edit.hpp"
#include "planner/rules/preconditions/parts.hpp"

#include <charconv>

// Source: pg_enum.c, AddEnumLabel(), RenameEnumLabel(); enum.c, enum_in(); typecmds.c, AlterEnum().
namespace bellows::rules::preconditions {

namespace {

using Labels = std::vector<std::string>;

/// Of an enum of which the source tells them; null for every other type.
Labels const* labels_of(Catalog const& catalog, std::string const& type) {
  auto const found = catalog.enums.find(type);
  bool const told = found != catalog.enums.end() && !found->second.empty();
  return told ? &found->second : nullptr;
}

/// An ALTER TYPE … VALUE and the labels that there are.
struct Change {
  sql::Other const* body = nullptr;
  Labels const* labels = nullptr;
};

Change change_of(Facts const& facts, std::string_view kind) {
  auto const* body = facts.statement.kind == kind ? facts.body<sql::Other>() : nullptr;
  return body == nullptr ? Change{}
                         : Change{body, labels_of(facts.catalog,
                                                  catalog::type_text(facts.catalog, body->object))};
}

MaybeBreach is_no_enum(Facts const& facts) {
  bool const asks = facts.statement.kind == "ALTER TYPE ADD VALUE" ||
                    facts.statement.kind == "ALTER TYPE RENAME VALUE";
  if (!asks) {
    return std::nullopt;
  }
  QualifiedName const name = facts.catalog.resolve(facts.body<sql::Other>()->object);
  std::string const text = name.quoted();
  bool const other =
      facts.catalog.domains.contains(text) || facts.catalog.composites.contains(text) ||
      facts.catalog.other_types.contains(text) || facts.catalog.tables.contains(name);
  return other ? std::optional(breach(name.display())) : std::nullopt;
}

std::optional<Breach> told(Change const& change, std::string const& label) {
  return breach(sql::quote_literal(label), change.body->object.display());
}

MaybeBreach adds_label_twice(Facts const& facts) {
  Change const change = change_of(facts, "ALTER TYPE ADD VALUE");
  return change.labels != nullptr && !change.body->if_exists &&
                 has(*change.labels, change.body->labels[0])
             ? told(change, change.body->labels[0])
             : std::nullopt;
}

MaybeBreach renames_to_label(Facts const& facts) {
  Change const change = change_of(facts, "ALTER TYPE RENAME VALUE");
  return change.labels != nullptr && has(*change.labels, change.body->labels[0]) &&
                 has(*change.labels, change.body->labels[1])
             ? told(change, change.body->labels[1])
             : std::nullopt;
}

/// The neighbour of a new label, or the one that is to be called otherwise.
MaybeBreach has_no_label(Facts const& facts) {
  Change const adds = change_of(facts, "ALTER TYPE ADD VALUE");
  bool const beside = adds.labels != nullptr && adds.body->labels.size() == 2 &&
                      !has(*adds.labels, adds.body->labels[0]);
  if (beside && !has(*adds.labels, adds.body->labels[1])) {
    return told(adds, adds.body->labels[1]);
  }
  Change const renames = change_of(facts, "ALTER TYPE RENAME VALUE");
  return renames.labels != nullptr && !has(*renames.labels, renames.body->labels[0])
             ? told(renames, renames.body->labels[0])
             : std::nullopt;
}

// --- constants ---

/// Inside of 'it''s'; nothing where the text is more, or something else.
std::optional<std::string> literal(std::string_view text) {
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') {
    return std::nullopt;
  }
  std::string value;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\'' && (i + 2 >= text.size() || text[++i] != '\'')) {
      return std::nullopt;
    }
    value += text[i];
  }
  return value;
}

bool is_whole_number(std::string_view text) {
  auto const from = text.find_first_not_of(" \t\n+");
  auto const behind = text.find_last_not_of(" \t\n");
  if (from == std::string_view::npos) {
    return false;
  }
  text = text.substr(from, behind - from + 1);
  long long value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const newer = text.find_first_of("0123456789") == 0 &&  // 0x1F, 1_000 (16)
                     text.find_first_of("_xXoObB") != std::string_view::npos;
  return newer || (end == text.data() + text.size() && error != std::errc::invalid_argument);
}

/// The type does not read it, whatever the session's settings are.
bool is_unreadable(Catalog const& catalog, std::string const& type, std::string const& value) {
  constexpr std::string_view whole[] = {"smallint", "integer", "bigint"};
  if (std::ranges::find(whole, std::string_view(type)) != std::end(whole)) {
    return !is_whole_number(value);
  }
  Labels const* labels = labels_of(catalog, type);
  return labels != nullptr && !has(*labels, value);
}

MaybeBreach reads_default(Facts const& facts, sql::ColumnDefinition const& column) {
  auto const& all = column.constraints;
  auto const found =
      std::ranges::find(all, ConstraintForm::Default, &sql::ConstraintDefinition::form);
  auto const value = found == all.end() ? std::nullopt : literal(found->expression);
  if (!value) {
    return std::nullopt;
  }
  std::string const type = catalog::qualified_type(facts.catalog, column.type);
  return is_unreadable(facts.catalog, type, *value) ? std::optional(breach(found->expression, type))
                                                    : std::nullopt;
}

MaybeBreach default_is_unreadable(Facts const& facts) {
  if (auto const* create = facts.body<sql::CreateTable>()) {
    MaybeBreach found;
    bool const skipped = create->if_not_exists && facts.table() != nullptr;
    for (std::size_t i = 0; !skipped && !found && i < create->columns.size(); ++i) {
      found = reads_default(facts, create->columns[i]);
    }
    return found;
  }
  if (is(facts, AlterAction::AddColumn)) {
    bool const there = facts.table() != nullptr && facts.table()->column(facts.command->name);
    return there ? std::nullopt : reads_default(facts, facts.command->column);
  }
  Column const* column = is(facts, AlterAction::SetDefault) ? column_of(facts) : nullptr;
  auto const value = column == nullptr ? std::nullopt : literal(facts.command->expression);
  return value && is_unreadable(facts.catalog, column->type, *value)
             ? std::optional(breach(facts.command->expression, column->type))
             : std::nullopt;
}

constexpr Precondition enums_rows[] = {
    {"42809", is_no_enum, of::other, "{what} is no enum", "Check the name."},
    {"42710", adds_label_twice, of::other, "{other} has a label {what} already", "Leave it out."},
    {"22023", has_no_label, of::other, "{other} has no label {what}",
     "Check the label: letter case counts."},
    {"42710", renames_to_label, of::other, "{other} has a label {what} already",
     "Choose another label."},
    {"22P02", default_is_unreadable, of::create_table | of::add_column | of::set_default,
     "{what} is no value of {other}", "Give a value of the column's type as its DEFAULT."},
};

}  // namespace

std::span<Precondition const> of_enums() {
  return enums_rows;
}

}  // namespace bellows::rules::preconditions
