#include "planner/rules/rename_column.hpp"

#include "planner/catalog/name_users.hpp"
#include "planner/rules/batch_key.hpp"
#include "planner/rules/catalog_query.hpp"
#include "planner/rules/column_privileges.hpp"
#include "planner/rules/rename_checks.hpp"
#include "planner/rules/sync_trigger.hpp"
#include "planner/rules/trigger_lists.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::rules {
namespace {

using plan::Step;
using sql::Identifier;
using sql::QualifiedName;

std::optional<Finding> recognise_rename_column(Question const& question) {
  auto const* rename = std::get_if<sql::RenameColumn>(&question.statement.body);
  if (rename == nullptr) {
    return std::nullopt;
  }
  catalog::Table const* table = question.catalog.table(rename->table);
  if (table != nullptr && table->is_new) {
    return std::nullopt;
  }
  return Finding{.rule = "rename-column",
                 .severity = Severity::Error,
                 .message = fmt::format(
                     "Every statement of the running application that names {}.{} fails from the "
                     "moment this commits.",
                     rename->table.name.quoted(), rename->from.quoted()),
                 .remedy =
                     "Let `bellows plan` split it: both names work and stay in step until the old "
                     "code is gone."};
}

std::vector<std::pair<QualifiedName, locks::Mode>> locked(QualifiedName const& table,
                                                          locks::Mode mode) {
  return {{table, mode}};
}

void append(std::vector<std::string>& to, std::vector<std::string> const& more) {
  to.insert(to.end(), more.begin(), more.end());
}

Step sync_function_step(SyncPair const& pair) {
  Step step;
  step.id = "sync-function";
  step.about =
      "the functions that keep both columns in step, and a counter of writes through the old one";
  std::vector<std::string> statements;
  if (!pair.forward.is_column(pair.old_column)) {
    // A function that is not there or has no such arguments must fail now, not in a trigger.
    std::string const null = fmt::format("CAST(NULL AS {})", pair.type);
    auto const as_null = [&](Identifier const&) { return null; };
    statements.push_back(fmt::format("SELECT {}, {}", pair.forward.with_columns(as_null),
                                     pair.reverse.with_columns(as_null)));
  }
  append(statements, create_sync_functions(pair));
  step.action = plan::RunSql{.statements = statements, .alone = false};
  step.done_when = function_is_there(sync_names(pair).last_function);
  step.undo = drop_sync_functions(pair);
  return step;
}

// The end of the transition, for triggers: they know this column again, and no other of the two.
std::vector<std::string> drop_triggers(RenameFacts const& facts, Identifier const& stays) {
  std::vector<std::string> statements = drop_sync_triggers(facts.pair);
  if (facts.touched) {
    statements.push_back(drop_search_twins(facts.pair));
    statements.push_back(narrow_update_lists(facts.pair, stays));
  }
  return statements;
}

Step add_column_step(RenameFacts const& facts) {
  SyncPair const& pair = facts.pair;
  Step step;
  step.id = "add-column";
  step.about = "the new column and its triggers in one transaction: nobody can write to it unseen";
  std::string const collate =
      facts.column->collation.empty() ? "" : " COLLATE " + facts.column->collation;
  std::string const table = pair.table.quoted();
  std::string const column = pair.new_column.quoted();
  std::vector<std::string> statements{
      fmt::format("ALTER TABLE {} ADD COLUMN {} {}{}", table, column, pair.type, collate),
      copy_column_privileges(pair)};
  append(statements, create_sync_triggers(pair));
  if (facts.touched) {
    append(statements, {widen_update_lists(pair), create_search_twins(pair)});
  }
  step.action = plan::RunSql{.statements = statements, .alone = false};
  step.locks = locked(pair.table, locks::Mode::AccessExclusive);
  step.done_when = column_is_there(pair.table, pair.new_column);
  step.undo = drop_triggers(facts, pair.old_column);
  step.undo.push_back(fmt::format("ALTER TABLE {} DROP COLUMN IF EXISTS {}", table, column));
  if (!facts.touched) {
    step.requirements.push_back(
        {.query = nobody_goes_by_set_list(pair),
         .otherwise = fmt::format(
             "{} has a trigger UPDATE OF {}, or tsvector_update_trigger() over it, that this plan "
             "was not made for: it would miss what is written to the new column; plan with "
             "--database-url",
             pair.table.name.quoted(), pair.old_column.quoted())});
  }
  if (facts.converts) {
    step.requirements.push_back(
        {.query = nothing_is_built_on(pair.table, pair.old_column),
         .otherwise = fmt::format(
             "a view, rule, policy, trigger's WHEN or generated column is built on {}.{}, which "
             "contract would drop; move it to the new column's values first",
             pair.table.name.quoted(), pair.old_column.quoted())});
  }
  return step;
}

Step copy_step(RenameFacts const& facts) {
  SyncPair const& pair = facts.pair;
  Step step;
  step.id = "copy";
  step.about = "fills the rows that nobody has written since expand";
  if (!every_row_has(*facts.table, facts.key)) {
    step.about += ", " + way_of_batches(*facts.table, facts.key);
  }
  if (facts.touched) {
    step.about +=
        ": sets a column to what it is, and the sync trigger fills the row; triggers that go by "
        "what is SET stay quiet";
  }
  plan::Batch batch;
  batch.table = pair.table;
  batch.key = facts.key;
  batch.action = facts.touched
                     ? plan::SetColumns{{{*facts.touched, facts.touched->quoted()}}}
                     : plan::SetColumns{
                           {{pair.new_column, pair.forward.with_columns([](Identifier const& name) {
                               return name.quoted();
                             })}}};
  batch.where = unfilled(pair, "");
  batch.rows = facts.batch_rows;
  step.action = batch;
  step.locks = locked(pair.table, locks::Mode::RowExclusive);
  step.lasts = plan::Lasts::WithRows;
  return step;
}

Step verify_step(RenameFacts const& facts) {
  SyncPair const& pair = facts.pair;
  std::string const old_value = pair.old_column.quoted();
  std::string const new_value = pair.new_column.quoted();
  Step step;
  step.id = "verify";
  step.about = "reads every row: no two values out of step";
  plan::Verify verify;
  verify.table = pair.table;
  verify.key = facts.key;
  verify.differs = differ(pair, new_value, forward_of(pair, ""));
  // A row that the new side wrote last is in step when the old value follows from it.
  if (facts.converts) {
    verify.differs += " AND " + differ(pair, old_value, reverse_of(pair, ""));
  }
  step.action = verify;
  step.locks = locked(pair.table, locks::Mode::AccessShare);
  step.lasts = plan::Lasts::WithRows;
  return step;
}

Step index_step(RenameFacts const& facts, catalog::Index const& index) {
  SyncPair const& pair = facts.pair;
  Identifier const name = copied_index_name(pair, index);
  QualifiedName const qualified{pair.table.schema, name};
  Step step;
  step.id = fmt::format("index-{}", index.name.raw());
  step.about = fmt::format("the new column's counterpart of {}", index.name.quoted());
  step.action = plan::RunSql{.statements = {sql::index_for_column(index.definition, pair.old_column,
                                                                  pair.new_column, name)},
                             .alone = true};
  step.locks = locked(pair.table, locks::Mode::ShareUpdateExclusive);
  step.lasts = plan::Lasts::WithRows;
  step.done_when = index_is_valid(qualified);
  step.undo = {fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", qualified.quoted())};
  step.undo_alone = true;
  return step;
}

Identifier not_null_check(SyncPair const& pair) {
  return sql::bounded_name(
      fmt::format("bellows_{}_{}_not_null", pair.table.name.raw(), pair.new_column.raw()));
}

// SET NOT NULL scans under ACCESS EXCLUSIVE unless a valid CHECK already proves it (manual, ALTER
// TABLE, SET NOT NULL): so the proof is made first, under a lock that nobody notices.
std::vector<Step> not_null_steps(RenameFacts const& facts) {
  SyncPair const& pair = facts.pair;
  std::string const table = pair.table.quoted();
  Identifier const check = not_null_check(pair);
  Step add;
  add.id = "not-null-check";
  add.about = "new rows must have a value, as in the old column";
  add.action = plan::RunSql{.statements = {fmt::format(
                                "ALTER TABLE {} ADD CONSTRAINT {} CHECK ({} IS NOT NULL) NOT VALID",
                                table, check.quoted(), pair.new_column.quoted())},
                            .alone = false};
  add.locks = locked(pair.table, locks::Mode::AccessExclusive);
  add.done_when = constraint_is_there(pair.table, check);
  add.undo = {fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", table, check.quoted())};
  Step validate;
  validate.id = "not-null-proof";
  validate.about = "proves it for the rows that are there, without stopping anyone";
  validate.action = plan::RunSql{
      .statements = {fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}", table, check.quoted())},
      .alone = false};
  validate.locks = locked(pair.table, locks::Mode::ShareUpdateExclusive);
  validate.lasts = plan::Lasts::WithRows;
  validate.done_when = constraint_is_valid(pair.table, check);
  return {add, validate};
}

Step quiet_gate(SyncPair const& pair) {
  Step step;
  step.id = "old-side-quiet";
  step.about = fmt::format("no write through {} for a while: the old application is gone",
                           pair.old_column.quoted());
  plan::Gate gate;
  gate.kind = plan::quiet_gate;
  gate.sequence = sync_names(pair).old_writes;
  step.action = gate;
  return step;
}

// What the plan's catalog knows to say the old name, and the swap does not replace.
std::string left_to_replace(Question const& question, RenameFacts const& facts) {
  auto const has = [](auto const& names, auto const& name) {
    return std::ranges::find(names, name) != names.end();
  };
  std::string names;
  for (catalog::NameUser const& user :
       name_users(question.catalog, *facts.table, facts.pair.old_column)) {
    bool const trigger =
        user.relation == facts.pair.table && has(facts.company.triggers, user.trigger->name);
    if (trigger || has(facts.company.functions, user.trigger->function)) {
      continue;
    }
    std::string const name =
        fmt::format("{}{}() of trigger {}", user.says == catalog::Says::Unread ? "perhaps " : "",
                    user.trigger->function.quoted(), user.trigger->name.quoted());
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

Step unnamed_gate(Question const& question, RenameFacts const& facts) {
  Step step;
  step.id = "triggers-without-old-name";
  step.about = fmt::format("no trigger says {}, which would fail once it is gone",
                           facts.pair.old_column.quoted());
  if (std::string const left = left_to_replace(question, facts); !left.empty()) {
    step.about += "; to be replaced before: " + left;
  }
  plan::Gate gate;
  gate.kind = plan::unnamed_gate;
  gate.table = facts.pair.table;
  gate.column = facts.pair.old_column;
  gate.replaces_functions = facts.company.functions;
  gate.replaces_triggers = facts.company.triggers;
  step.action = gate;
  return step;
}

// Under the lock only facts of the catalog are asked. That the rows are in step is the triggers'
// doing, as far as they fired at every write.
Step swap_base(RenameFacts const& facts) {
  Step step;
  step.id = "swap";
  SyncNames const names = sync_names(facts.pair);
  step.requirements.push_back(
      {.query = triggers_always_fire(facts.pair.table, names.triggers()),
       .otherwise = fmt::format(
           "a trigger that keeps {} and {} of {} in step is gone, disabled, or no longer ENABLE "
           "ALWAYS, there or in a partition, so rows may be written past it; put it back (ALTER "
           "TABLE … ENABLE ALWAYS TRIGGER), the rows are then looked at once more before the swap; "
           "or `bellows abort`",
           facts.pair.old_column.quoted(), facts.pair.new_column.quoted(),
           facts.pair.table.name.quoted())});
  step.locks = locked(facts.pair.table, locks::Mode::AccessExclusive);
  step.done_when = column_is_gone(facts.pair.table, facts.pair.old_column);
  step.irreversible = true;
  return step;
}

Step swap_by_rename(RenameFacts const& facts) {
  SyncPair const& pair = facts.pair;
  std::string const table = pair.table.quoted();
  Step step = swap_base(facts);
  step.about =
      "drops the copy and renames the original, in one transaction: no statement of the new "
      "application fails";
  std::vector<std::string> statements = drop_triggers(facts, pair.old_column);
  statements.push_back(
      fmt::format("ALTER TABLE {} DROP COLUMN {}", table, pair.new_column.quoted()));
  statements.push_back(fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", table,
                                   pair.old_column.quoted(), pair.new_column.quoted()));
  append(statements, facts.company.statements);
  append(statements, drop_sync_functions(pair));
  step.action = plan::RunSql{.statements = statements, .alone = false};
  std::vector<Identifier> indexes;
  for (catalog::Index const* index : facts.indexes) {
    indexes.push_back(copied_index_name(pair, *index));
  }
  step.requirements.push_back(
      {.query = only_these_use(pair.table, pair.new_column, indexes, is_of_the_transition(pair)),
       .otherwise = fmt::format(
           "something that this plan did not make (an index, a view, a constraint …) uses {}.{}, "
           "which contract replaces by the renamed original; drop it and make it again afterwards",
           pair.table.name.quoted(), pair.new_column.quoted())});
  step.requirements.push_back(
      {.query = no_more_privileges(pair),
       .otherwise = fmt::format("somebody may do on {0}.{1} what he may not on {2}, and contract "
                                "drops that copy with its "
                                "privileges; GRANT the same on {2}, or REVOKE it on {1}",
                                pair.table.name.quoted(), pair.new_column.quoted(),
                                pair.old_column.quoted())});
  return step;
}

Step swap_by_drop(RenameFacts const& facts) {
  SyncPair const& pair = facts.pair;
  std::string const table = pair.table.quoted();
  std::string const column = pair.new_column.quoted();
  Step step = swap_base(facts);
  for (catalog::Index const* index : facts.indexes) {
    Identifier const copy = copied_index_name(pair, *index);
    step.requirements.push_back(
        {.query = index_is_valid({pair.table.schema, copy}),
         .otherwise = fmt::format("index {}, the counterpart of {}, is gone or INVALID; build it "
                                  "again as the plan's step does",
                                  copy.quoted(), index->name.quoted())});
  }
  if (facts.column->not_null) {
    step.requirements.push_back(
        {.query = constraint_is_valid(pair.table, not_null_check(pair)),
         .otherwise = fmt::format(
             "constraint {} of {} is gone or not validated, and without it SET NOT NULL would read "
             "every row while everybody waits; add and validate it again as the plan's steps do",
             not_null_check(pair).quoted(), pair.table.name.quoted())});
  }
  step.about =
      "the new column takes over NOT NULL and DEFAULT, the old one goes; its values can't be had "
      "back";
  std::vector<std::string> statements = drop_triggers(facts, pair.new_column);
  statements.push_back(copy_column_privileges(pair));
  if (facts.column->not_null) {
    statements.push_back(fmt::format("ALTER TABLE {} ALTER COLUMN {} SET NOT NULL", table, column));
    statements.push_back(
        fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", table, not_null_check(pair).quoted()));
  }
  if (pair.old_default) {
    std::string const value = fmt::format("CAST({} AS {})", *pair.old_default, pair.type);
    statements.push_back(
        fmt::format("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}", table, column,
                    pair.forward.with_columns([&](Identifier const&) { return value; })));
  }
  statements.push_back(
      fmt::format("ALTER TABLE {} DROP COLUMN {}", table, pair.old_column.quoted()));
  append(statements, facts.company.statements);
  append(statements, drop_sync_functions(pair));
  step.action = plan::RunSql{.statements = statements, .alone = false};
  return step;
}

Split split_rename_column(Question const& question) {
  auto const& rename = std::get<sql::RenameColumn>(question.statement.body);
  auto checked = check_rename(rename, question);
  if (auto* refusal = std::get_if<Refusal>(&checked)) {
    return *refusal;
  }
  auto const& facts = std::get<RenameFacts>(checked);

  Fragment fragment;
  fragment.expand = {sync_function_step(facts.pair), add_column_step(facts)};
  fragment.backfill = {copy_step(facts)};
  for (catalog::Index const* index : facts.indexes) {
    fragment.backfill.push_back(index_step(facts, *index));
  }
  fragment.backfill.push_back(verify_step(facts));
  if (facts.converts && facts.column->not_null) {
    for (Step const& step : not_null_steps(facts)) {
      fragment.backfill.push_back(step);
    }
  }
  fragment.contract = {unnamed_gate(question, facts), quiet_gate(facts.pair),
                       facts.converts ? swap_by_drop(facts) : swap_by_rename(facts)};
  std::string const from = rename.from.quoted();
  std::string const to = rename.to.quoted();
  fragment.application = {
      {"until_backfill_done", fmt::format("reads and writes {}", from)},
      {"after_backfill", fmt::format("may read and write {} or {}; both stay in step", from, to)},
      {"before_contract", fmt::format("must not touch {}", from)}};
  std::vector<Identifier> columns{rename.from, rename.to};
  columns.insert(columns.end(), facts.key.begin(), facts.key.end());
  fragment.relies_on = {{facts.pair.table, columns}};
  return fragment;
}

}  // namespace

Rule const rename_column{.id = "rename-column",
                         .recognise = recognise_rename_column,
                         .split = split_rename_column,
                         .takes_along = joins_swap};

}  // namespace bellows::rules
