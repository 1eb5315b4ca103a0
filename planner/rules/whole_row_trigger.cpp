#include "planner/rules/whole_row_trigger.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/rules/rename_column.hpp"
#include "planner/sql/trigger_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace bellows::rules {
namespace {

using catalog::Catalog;
using catalog::Table;
using catalog::Trigger;
using sql::Identifier;
using sql::QualifiedName;
using sql::WholeRow;

constexpr int deepest_call = 3;

struct Taker {
  Table const* table;
  Trigger const* trigger;  // nullptr: whoever calls the function
  QualifiedName function;  // whose body it is: the trigger's, or one that is given the row
  WholeRow row;
};

/// What is about to be added, and where.
struct Addition {
  QualifiedName table;
  std::vector<Identifier> columns;
};

std::optional<Addition> addition_of(Question const& question) {
  if (auto const* rename = std::get_if<sql::RenameColumn>(&question.statement.body)) {
    bool const split =
        rename->on == sql::ObjectKind::Table && rename_column.recognise(question).has_value();
    return split ? std::optional(Addition{rename->table, {rename->to}}) : std::nullopt;
  }
  auto const* alter = std::get_if<sql::AlterTable>(&question.statement.body);
  if (alter == nullptr || alter->on != sql::ObjectKind::Table) {
    return std::nullopt;
  }
  Addition addition{alter->table, {}};
  for (sql::AlterTableCommand const& command : alter->commands) {
    bool const asked = question.command == nullptr || question.command == &command;
    if (command.action == sql::AlterAction::AddColumn && asked) {
      addition.columns.push_back(command.name);
    }
  }
  return addition.columns.empty() ? std::nullopt : std::optional(addition);
}

class Search {
 public:
  Search(Catalog const& catalog, Addition const& addition)
      : catalog_(catalog),
        addition_(addition),
        tree_(catalog::with_children(catalog, addition.table, false)) {}

  std::optional<Taker> first() {
    for (QualifiedName const& name : tree_) {
      Table const* table = catalog_.table(name);
      if (table == nullptr) {
        continue;
      }
      for (Trigger const& trigger : table->triggers) {
        if (trigger.fires != catalog::Firing::Never && look_at(*table, trigger)) {
          return found_;
        }
      }
    }
    return of_a_function();
  }

 private:
  std::vector<Identifier> names() const {
    std::vector<Identifier> all;
    for (QualifiedName const& name : tree_) {
      all.push_back(name.name);
    }
    return all;
  }

  /// Of another table's trigger, or of whoever calls it, that reads rows of this one.
  std::optional<Taker> of_a_function() {
    Table const* table = catalog_.table(tree_.front());
    std::vector<Identifier> const rows = names();
    auto const is_named_in = [&](std::string const& body) {
      return std::ranges::any_of(
          rows, [&](Identifier const& name) { return body.find(name.raw()) != std::string::npos; });
    };
    for (auto const& [name, functions] : catalog_.functions) {
      for (catalog::Function const& function : functions) {
        if (table != nullptr && function.body && is_named_in(*function.body) &&
            takes(*table, nullptr, name, sql::read_trigger_body(*function.body, rows))) {
          return found_;
        }
      }
    }
    return std::nullopt;
  }

  bool takes(Table const& table, Trigger const* trigger, QualifiedName const& function,
             sql::TriggerBody const& body) {
    auto const row = std::ranges::find_if(
        body.whole_rows, [&](WholeRow const& one) { return !grows_along(table, one); });
    if (row == body.whole_rows.end()) {
      return false;
    }
    found_ = Taker{&table, trigger, function, *row};
    return true;
  }

  bool look_at(Table const& table, Trigger const& trigger) {
    std::vector<Identifier> rows = sql::transition_tables(trigger.definition);
    rows.emplace_back("old");
    rows.emplace_back("new");
    std::ranges::move(names(), std::back_inserter(rows));
    return look_into(table, trigger, trigger.function, rows, 0);
  }

  bool look_into(Table const& table, Trigger const& trigger, QualifiedName const& name,
                 std::vector<Identifier> const& rows, int depth) {
    for (catalog::Function const& function : catalog_.functions.named(name)) {
      if (!function.body || (depth == 0 && !function.arguments.empty())) {
        continue;
      }
      sql::TriggerBody const body = sql::read_trigger_body(*function.body, rows, depth > 0);
      if (takes(table, &trigger, name, body)) {
        return true;
      }
      for (QualifiedName const& called : body.given_the_row) {
        if (depth < deepest_call &&
            look_into(table, trigger, catalog_.resolve(called), rows, depth + 1)) {
          return true;
        }
      }
    }
    return false;
  }

  /// The row goes where the column is added as well (to a child), or where it stands already, as
  /// the next one.
  bool grows_along(Table const& table, WholeRow const& row) const {
    if (row.into.name.empty()) {
      return false;
    }
    QualifiedName const into = catalog_.resolve(row.into);
    if (std::ranges::find(tree_, into) != tree_.end()) {
      return true;
    }
    Table const* target = catalog_.table(into);
    if (target == nullptr || row.has_list || !row.alone) {
      return false;
    }
    for (std::size_t i = 0; i < addition_.columns.size(); ++i) {
      std::size_t const place = table.columns.size() + i;
      if (place >= target->columns.size() || target->columns[place].name != addition_.columns[i]) {
        return false;
      }
    }
    return true;
  }

  Catalog const& catalog_;
  Addition const& addition_;
  std::vector<QualifiedName> tree_;
  std::optional<Taker> found_;
};

std::string events_of(Trigger const& trigger) {
  std::vector<std::string_view> events;
  if (trigger.on_insert) {
    events.emplace_back("INSERT");
  }
  if (trigger.on_update) {
    events.emplace_back("UPDATE");
  }
  if (trigger.on_delete) {
    events.emplace_back("DELETE");
  }
  return fmt::format("{}", fmt::join(events, " and "));
}

std::string remedy_of(Taker const& taker, Addition const& addition) {
  std::string const names = fmt::format(
      "Let {}() name the columns that it takes, in a migration before", taker.function.display());
  bool const can_grow = taker.row.alone && !taker.row.has_list && !taker.row.into.name.empty();
  return can_grow ? fmt::format("{}; or give {} the column {} first, as its next one.", names,
                                taker.row.into.display(), addition.columns.front().quoted())
                  : names + ".";
}

std::string message_of(Taker const& taker) {
  std::string const who =
      taker.trigger == nullptr
          ? fmt::format("Function {}() takes rows of {} whole", taker.function.display(),
                        taker.table->name.display())
          : fmt::format("Trigger {} of {} executes {}(), which takes the row whole",
                        taker.trigger->name.quoted(), taker.table->name.display(),
                        taker.function.display());
  return fmt::format(
      "{} ({}): with one column more, every {} fails with 42601, or writes values into "
      "the wrong columns.",
      who, taker.row.text,
      taker.trigger == nullptr ? "call of it" : events_of(*taker.trigger) + " of the table");
}

std::optional<Finding> recognise_whole_row_trigger(Question const& question) {
  auto const addition = addition_of(question);
  Table const* table = addition ? question.catalog.table(addition->table) : nullptr;
  if (table == nullptr || table->is_new) {
    return std::nullopt;
  }
  auto const taker = Search(question.catalog, *addition).first();
  if (!taker) {
    return std::nullopt;
  }
  return Finding{.rule = "whole-row-trigger",
                 .severity = Severity::Error,
                 .message = message_of(*taker),
                 .remedy = remedy_of(*taker, *addition)};
}

}  // namespace

Rule const whole_row_trigger{.id = "whole-row-trigger",
                             .recognise = recognise_whole_row_trigger,
                             .split = nullptr,
                             .of_phases = true};

}  // namespace bellows::rules
