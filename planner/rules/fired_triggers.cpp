#include "planner/rules/fired_triggers.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/catalog/triggers.hpp"
#include "planner/rules/delete_in_batches.hpp"
#include "planner/rules/has.hpp"
#include "planner/rules/insert_in_batches.hpp"
#include "planner/rules/rename_column.hpp"
#include "planner/rules/update_in_batches.hpp"
#include "planner/sql/expression.hpp"
#include "planner/sql/trigger_body.hpp"

#include <fmt/format.h>

#include <algorithm>

// Source: manual, CREATE TRIGGER (UPDATE OF, WHEN); ExecBRUpdateTriggers() in trigger.c.
namespace bellows::rules {
namespace {

using catalog::Catalog;
using catalog::Table;
using catalog::Trigger;
using sql::Identifier;
using sql::QualifiedName;

/// What a batch does to the rows of a table.
struct Writing {
  bool inserts = false;
  bool deletes = false;
  std::vector<Identifier> columns;  // of an UPDATE
  bool updates() const { return !inserts && !deletes; }
};

/// Once any BEFORE trigger may change the row, those of every generated column fire.
bool is_generated(Table const& table, Identifier const& name) {
  catalog::Column const* column = table.column(name);
  return column != nullptr && column->generated;
}

bool is_among(Table const& table, Trigger const& trigger, Writing const& writing) {
  return trigger.columns.empty() ||
         std::ranges::any_of(trigger.columns, [&](Identifier const& column) {
           return has(writing.columns, column) || is_generated(table, column);
         });
}

/// `OLD.c IS DISTINCT FROM NEW.c` of columns that nobody writes, and nothing else.
bool never_holds(std::string const& when, Writing const& writing) {
  std::vector<std::string> words;
  try {
    for (sql::Token const& token : sql::scan(when)) {
      std::string const word = when.substr(token.offset, token.length);
      if (word != "(" && word != ")") {
        words.push_back(word);
      }
    }
  } catch (sql::SyntaxError const&) {
    return false;
  }
  auto const is = [&](std::size_t at, std::string_view word) {
    return at < words.size() &&
           std::ranges::equal(words[at], word, {}, [](char one) { return one | ' '; });
  };
  for (std::size_t at = 0; at < words.size();) {
    bool const sides = (is(at, "old") && is(at + 6, "new")) || (is(at, "new") && is(at + 6, "old"));
    bool const compared = is(at + 1, ".") && is(at + 3, "is") && is(at + 4, "distinct") &&
                          is(at + 5, "from") && is(at + 7, ".");
    bool const one_column = at + 8 < words.size() && words[at + 2] == words[at + 8] &&
                            words[at + 2] != "*";  // a row's every column
    if (!sides || !compared || !one_column ||
        has(writing.columns, sql::parse_qualified_name(words[at + 2]).name)) {
      return false;
    }
    at += 9;
    if (at < words.size() && !is(at, "or") && !is(at, "and")) {
      return false;
    }
    ++at;
  }
  return !words.empty();
}

bool fires(Table const& table, Trigger const& trigger, Writing const& writing) {
  bool const ours = trigger.name.raw().find("bellows_sync_") == 1;  // behind the first or last sign
  if (ours || !trigger.row || !catalog::fires_for_sessions(trigger)) {
    return false;
  }
  if (writing.inserts || writing.deletes) {
    return writing.inserts ? trigger.on_insert : trigger.on_delete;
  }
  return trigger.on_update && is_among(table, trigger, writing) &&
         (trigger.when.empty() || !never_holds(trigger.when, writing));
}

std::string names(std::vector<Identifier> const& all) {
  std::string text;
  for (Identifier const& name : all) {
    text += (text.empty() ? "" : ", ") + name.quoted();
  }
  return text;
}

/// Of those that come with the server or its contrib modules, by their arguments.
std::string known_work(Trigger const& trigger) {
  constexpr std::string_view setting[] = {"moddatetime", "tsvector_update_trigger",
                                          "tsvector_update_trigger_column"};
  bool const sets = std::ranges::find(setting, trigger.function.name.raw()) != std::end(setting);
  return sets && !trigger.arguments.empty() ? "sets " + trigger.arguments.front() : "";
}

std::string work_of(Catalog const& catalog, Trigger const& trigger) {
  catalog::Function const* function = catalog.functions.of_trigger(trigger.function);
  if (function == nullptr || !function->body) {
    return known_work(trigger);
  }
  sql::TriggerBody const body = sql::read_trigger_body(*function->body, {});
  std::vector<std::string> work;
  if (!body.assigned.empty()) {
    work.push_back("sets " + names(body.assigned));
  }
  for (QualifiedName const& into : body.inserts) {
    work.push_back("writes a row" + (into.name.empty() ? "" : " into " + into.display()));
  }
  if (body.notifies) {
    work.emplace_back("sends a notification");
  }
  return fmt::format("{}", fmt::join(work, " and "));
}

void add(std::vector<Fired>& all, Fired one) {
  if (std::ranges::find(all, one) == all.end()) {
    all.push_back(std::move(one));
  }
}

/// What the statement's batches would do; nothing where it is none that is cut into them.
std::optional<plan::Batch> backfill_of(Question const& question) {
  plan::Batch batch;
  if (auto const* rename = std::get_if<sql::RenameColumn>(&question.statement.body)) {
    batch.table = rename->table;
    batch.action = plan::SetColumns{{{rename->to, ""}}};
    return rename_column.recognise(question) ? std::optional(batch) : std::nullopt;
  }
  if (auto const* update = std::get_if<sql::Update>(&question.statement.body)) {
    plan::SetColumns set;
    for (sql::Assignment const& assignment : update->set) {
      set.columns.emplace_back(assignment.column, assignment.expression);
    }
    batch.table = update->table;
    batch.action = std::move(set);
    return update_in_batches.recognise(question) ? std::optional(batch) : std::nullopt;
  }
  auto const* data = std::get_if<sql::DataStatement>(&question.statement.body);
  if (data != nullptr && data->deletion) {
    batch.table = data->deletion->table;
    batch.action = plan::DeleteRows{};
    return delete_in_batches.recognise(question) ? std::optional(batch) : std::nullopt;
  }
  if (data != nullptr && data->insertion) {
    plan::CopyRows copy;
    copy.into = data->insertion->into;
    batch.table = data->insertion->from;
    batch.action = std::move(copy);
    return insert_in_batches.recognise(question) ? std::optional(batch) : std::nullopt;
  }
  return std::nullopt;
}

std::string remedy_of(plan::Batch const& batch) {
  std::string const allow = "say so: -- bellows: allow backfill-fires-triggers because …";
  if (!std::holds_alternative<plan::SetColumns>(batch.action)) {
    return "Where that is meant, as it would be of the statement in one go, " + allow;
  }
  return "Where it is not meant, let its WHEN name the columns that matter, like WHEN (OLD.c IS "
         "DISTINCT FROM NEW.c), or UPDATE OF them, in a migration before; where it is, " +
         allow;
}

/// By allow-unsplit there is no backfill.
bool is_left_whole(Question const& question) {
  return std::ranges::any_of(question.directives.all, [](sql::Directive const& directive) {
    auto const* allow = std::get_if<sql::Allow>(&directive);
    return allow != nullptr && allow->rule.starts_with("unsplit ");
  });
}

std::optional<Finding> recognise_fired_triggers(Question const& question) {
  std::optional<plan::Batch> const batch = backfill_of(question);
  if (!batch || is_left_whole(question)) {
    return std::nullopt;
  }
  std::vector<Fired> const fired = fired_by(question.catalog, *batch);
  if (fired.empty()) {
    return std::nullopt;
  }
  bool const updates = std::holds_alternative<plan::SetColumns>(batch->action);
  return Finding{.rule = "backfill-fires-triggers",
                 .severity = updates ? Severity::Warning : Severity::Note,
                 .message = fmt::format("Each row of the backfill fires {}{}.", describe(fired),
                                        updates ? ": to whoever goes by that, every row of " +
                                                      batch->table.display() + " has changed"
                                                : ""),
                 .remedy = remedy_of(*batch)};
}

}  // namespace

std::vector<Fired> fired_by(Catalog const& catalog, plan::Batch const& batch) {
  Writing writing;
  QualifiedName target = batch.table;
  if (auto const* set = std::get_if<plan::SetColumns>(&batch.action)) {
    for (auto const& [column, expression] : set->columns) {
      writing.columns.push_back(column);
    }
  } else if (auto const* copy = std::get_if<plan::CopyRows>(&batch.action)) {
    writing.inserts = true;
    target = copy->into;
  } else {
    writing.deletes = true;
  }
  std::vector<Fired> all;
  for (QualifiedName const& name : catalog::with_children(catalog, target, false)) {
    Table const* table = catalog.table(name);
    if (table == nullptr) {
      continue;
    }
    for (Trigger const& trigger : table->triggers) {
      if (fires(*table, trigger, writing)) {
        add(all, {trigger.name, trigger.function, work_of(catalog, trigger)});
      }
    }
  }
  std::ranges::sort(all, {}, &Fired::trigger);
  return all;
}

std::string describe(std::vector<Fired> const& fired) {
  std::vector<std::string> all;
  for (Fired const& one : fired) {
    std::string const calls = one.function.name.empty() ? "" : one.function.display() + "()";
    std::string const work = one.does.empty() ? calls : calls + " " + one.does;
    all.push_back(
        fmt::format("trigger {}{}", one.trigger.quoted(), work.empty() ? "" : " (" + work + ")"));
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

Rule const backfill_fires_triggers{
    .id = "backfill-fires-triggers", .recognise = recognise_fired_triggers, .split = nullptr};

}  // namespace bellows::rules
