#include "planner/catalog/edit.hpp"
#include "planner/rules/preconditions/literals.hpp"
#include "planner/rules/preconditions/parts.hpp"
#include "planner/sql/rows_written.hpp"

// Source: pg_enum.c, AddEnumLabel(), RenameEnumLabel(); enum.c, enum_in(); typecmds.c, AlterEnum().
namespace bellows::rules::preconditions {

namespace {

using Labels = std::vector<std::string>;

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

/// Read when the statement is, whether or not there is a row.
MaybeBreach sets_unreadable(Facts const& facts) {
  auto const* update = facts.body<sql::Update>();
  Table const* table = update == nullptr ? nullptr : facts.table();
  if (table == nullptr) {
    return std::nullopt;
  }
  for (sql::Assignment const& one : update->set) {
    Column const* column = table->column(one.column);
    auto const value = column == nullptr ? std::nullopt : literal(one.expression);
    if (value && is_unreadable(facts.catalog, column->type, *value)) {
      return breach(one.expression, column->type);
    }
  }
  return std::nullopt;
}

/// In a WHERE: compared with a column, it is read as a value of the column's type.
MaybeBreach compares_unreadable(Facts const& facts) {
  auto const* update = facts.body<sql::Update>();
  auto const* data = facts.body<sql::DataStatement>();
  std::string const* where = update != nullptr                   ? &update->where
                             : data != nullptr && data->deletion ? &data->deletion->where
                                                                 : nullptr;
  bool const asks = where != nullptr && where->find('\'') != std::string::npos;
  Table const* table = asks ? facts.table() : nullptr;
  if (table == nullptr) {
    return std::nullopt;
  }
  for (sql::ComparedText const& one : sql::texts_compared(facts.statement)) {
    Column const* column = table->column(one.column);
    if (column != nullptr && is_unreadable(facts.catalog, column->type, one.text)) {
      return breach(sql::quote_literal(one.text), column->type);
    }
  }
  return std::nullopt;
}

/// A part of a column (c.x, c[1]) may be set beside another one.
MaybeBreach sets_twice(Facts const& facts) {
  auto const* update = facts.body<sql::Update>();
  for (std::size_t at = 1; update != nullptr && update->simple && at < update->set.size(); ++at) {
    auto const end = update->set.begin() + static_cast<std::ptrdiff_t>(at);
    auto const before = std::find_if(update->set.begin(), end, [&](sql::Assignment const& one) {
      return one.column == end->column;
    });
    if (before != end) {
      return breach(end->column.quoted());
    }
  }
  return std::nullopt;
}

MaybeBreach repeats_label(Facts const& facts) {
  auto const* made = facts.body<sql::Other>();
  if (made == nullptr || !made->makes_enum) {
    return std::nullopt;
  }
  for (auto one = made->labels.begin(); one != made->labels.end(); ++one) {
    if (std::find(made->labels.begin(), one, *one) != one) {
      return breach(sql::quote_literal(*one));
    }
  }
  return std::nullopt;
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
    {"22P02", sets_unreadable, of::update, "{what} is no value of {other}",
     "Give a value of the column's type: of an enum, letter case counts."},
    {"22P02", compares_unreadable, of::update | of::data, "{what} is no value of {other}",
     "Compare with a value of the column's type: of an enum, letter case counts."},
    {"42601", sets_twice, of::update, "{what} is set twice", "Leave one of them out."},
    {"23505", repeats_label, of::other, "the label {what} stands twice", "Leave one of them out."},
};

}  // namespace

std::span<Precondition const> of_enums() {
  return enums_rows;
}

}  // namespace bellows::rules::preconditions
