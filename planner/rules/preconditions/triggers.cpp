#include "planner/rules/preconditions/parts.hpp"
#include "planner/sql/expression.hpp"

// Source: trigger.c, CreateTriggerFiringOn(); manual, CREATE TRIGGER.
namespace bellows::rules::preconditions {

namespace {

using sql::TriggerTime;

/// CREATE TRIGGER, with its table known.
struct Made {
  sql::CreateTrigger const& trigger;
  Table const& table;
};

std::optional<Made> made_trigger(Facts const& facts) {
  auto const* trigger = facts.body<sql::CreateTrigger>();
  Table const* table = trigger == nullptr ? nullptr : facts.table();
  return table == nullptr ? std::nullopt : std::optional(Made{*trigger, *table});
}

bool is_view(Table const& table) {
  return table.kind == TableKind::View;
}

MaybeBreach on_materialized(Facts const& facts) {
  auto const one = made_trigger(facts);
  return one && one->table.kind == TableKind::MaterializedView
             ? std::optional(breach(one->table.name.display()))
             : std::nullopt;
}

MaybeBreach rows_of_view(Facts const& facts) {
  auto const one = made_trigger(facts);
  return one && is_view(one->table) && one->trigger.row &&
                 one->trigger.time != TriggerTime::InsteadOf
             ? std::optional(breach(one->table.name.display()))
             : std::nullopt;
}

MaybeBreach instead_on_table(Facts const& facts) {
  auto const one = made_trigger(facts);
  return one && !is_view(one->table) && one->trigger.time == TriggerTime::InsteadOf
             ? std::optional(breach(one->table.name.display()))
             : std::nullopt;
}

MaybeBreach instead_of_statement(Facts const& facts) {
  auto const one = made_trigger(facts);
  return one && !one->trigger.row && one->trigger.time == TriggerTime::InsteadOf
             ? std::optional(breach(""))
             : std::nullopt;
}

bool gathers(Made const& one) {
  return one.trigger.definition.find(" REFERENCING ") != std::string::npos;
}

MaybeBreach gathers_of_view(Facts const& facts) {
  auto const one = made_trigger(facts);
  bool const elsewhere = one && (is_view(one->table) || one->table.kind == TableKind::Foreign);
  return elsewhere && gathers(*one) ? std::optional(breach(one->table.name.display()))
                                    : std::nullopt;
}

MaybeBreach gathers_too_early(Facts const& facts) {
  auto const one = made_trigger(facts);
  return one && gathers(*one) && one->trigger.time != TriggerTime::After ? std::optional(breach(""))
                                                                         : std::nullopt;
}

MaybeBreach gathers_of_several(Facts const& facts) {
  auto const one = made_trigger(facts);
  bool const asks = one && gathers(*one) && one->trigger.time == TriggerTime::After;
  if (!asks) {
    return std::nullopt;
  }
  auto const& trigger = one->trigger;
  int const events = int{trigger.on_insert} + int{trigger.on_update} + int{trigger.on_delete};
  return events != 1                  ? std::optional(breach("one event alone"))
         : !trigger.update_of.empty() ? std::optional(breach("any UPDATE, not that of columns"))
                                      : std::nullopt;
}

/// REFERENCING … TABLE of a row trigger: rows of which table, where there are several?
MaybeBreach gathers_rows(Facts const& facts) {
  auto const one = made_trigger(facts);
  if (!one || !one->trigger.row || !gathers(*one)) {
    return std::nullopt;
  }
  bool const several = one->table.kind == TableKind::Partitioned ||
                       !one->table.partition_of.name.empty() || !one->table.inherits.empty();
  return several ? std::optional(breach(one->table.name.display())) : std::nullopt;
}

MaybeBreach watches_twice(Facts const& facts) {
  auto const one = made_trigger(facts);
  for (std::size_t i = 1; one && i < one->trigger.update_of.size(); ++i) {
    auto const& columns = one->trigger.update_of;
    auto const end = columns.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(columns.begin(), end, columns[i]) != end) {
      return breach(columns[i].quoted());
    }
  }
  return std::nullopt;
}

// --- WHEN ---

/// A column of NEW or OLD that the condition looks at; nothing of one that is not understood.
std::vector<std::pair<std::string, Identifier>> watched(Made const& one) {
  std::vector<std::pair<std::string, Identifier>> all;
  try {
    if (one.trigger.when.empty()) {
      return all;
    }
    sql::Expression const condition = sql::Expression::parse(one.trigger.when);
    for (sql::ColumnReference const& reference : condition.columns()) {
      if (reference.path.size() == 2) {
        all.emplace_back(reference.path[0].raw(), reference.path[1]);
      }
    }
  } catch (sql::SyntaxError const&) {
    all.clear();
  }
  return all;
}

template <typename Wrong>
MaybeBreach condition_where(Facts const& facts, Wrong wrong) {
  auto const one = made_trigger(facts);
  if (!one) {
    return std::nullopt;
  }
  for (auto const& [row, column] : watched(*one)) {
    if (wrong(*one, row, column)) {
      return breach(row == "new" ? "NEW." + column.quoted() : "OLD." + column.quoted(),
                    one->table.name.display());
    }
  }
  return std::nullopt;
}

MaybeBreach has_no_such_row(Facts const& facts) {
  return condition_where(facts, [](Made const& one, std::string const& row, Identifier const&) {
    bool const no_old = row == "old" && one.trigger.on_insert;
    bool const no_new = row == "new" && one.trigger.on_delete;
    return !one.trigger.row || no_old || no_new;
  });
}

MaybeBreach watches_no_column(Facts const& facts) {
  return condition_where(
      facts, [&](Made const& one, std::string const& row, Identifier const& column) {
        return (row == "new" || row == "old") && facts.catalog.complete && !one.table.partial &&
               one.table.column(column) == nullptr && column.raw() != "tableoid" &&
               column.raw() != "ctid" && column.raw() != "xmin" && column.raw() != "xmax";
      });
}

/// BEFORE it is computed.
MaybeBreach waits_for_generated(Facts const& facts) {
  return condition_where(
      facts, [](Made const& one, std::string const& row, Identifier const& name) {
        Column const* column = one.table.column(name);
        return row == "new" && one.trigger.row && one.trigger.time == TriggerTime::Before &&
               column != nullptr && column->generated;
      });
}

constexpr Precondition triggers_rows[] = {
    {"42809", on_materialized, of::create_trigger,
     "{what} is a materialized view, which fires no triggers",
     "Make it on the tables that its query reads."},
    {"42809", rows_of_view, of::create_trigger,
     "{what} is a view, and has no rows BEFORE or AFTER which to fire",
     "INSTEAD OF … FOR EACH ROW, or make it on the table that holds the rows."},
    {"42809", instead_on_table, of::create_trigger,
     "{what} is no view, and INSTEAD OF is for views",
     "BEFORE … FOR EACH ROW with RETURN NULL does nothing instead."},
    {"0A000", instead_of_statement, of::create_trigger, "INSTEAD OF is FOR EACH ROW",
     "Add FOR EACH ROW."},
    {"42809", gathers_of_view, of::create_trigger,
     "{what} is a view or a foreign table, and gives no transition table",
     "Leave REFERENCING out, or make it on the table that holds the rows."},
    {"42P17", gathers_too_early, of::create_trigger, "a transition table is there AFTER alone",
     "Make it AFTER, or leave REFERENCING out."},
    {"0A000", gathers_of_several, of::create_trigger, "a transition table is that of {what}",
     "Make a trigger for each event."},
    {"0A000", gathers_rows, of::create_trigger,
     "{what} is partitioned, a partition or a child, and gives a row trigger "
     "no transition table",
     "FOR EACH STATEMENT, or leave REFERENCING out."},
    {"42701", watches_twice, of::create_trigger, "{what} stands twice behind UPDATE OF",
     "Name it once."},
    {"42P17", has_no_such_row, of::create_trigger,
     "its WHEN looks at {what}, and there is no such row then",
     "Make a trigger for each kind of event, FOR EACH ROW, with the WHEN that fits it."},
    {"42703", watches_no_column, of::create_trigger, "{other} has no column for {what}",
     "Check the name."},
    {"42P17", waits_for_generated, of::create_trigger,
     "{what} is generated, and computed only after BEFORE triggers",
     "Look at the columns that it is computed from, or make the trigger AFTER."},
};

}  // namespace

std::span<Precondition const> of_triggers() {
  return triggers_rows;
}

}  // namespace bellows::rules::preconditions
