#include "runner/rollout/trial.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::runner {
namespace {

using postgres::Failure;
using postgres::FailureKind;
using postgres::Rows;
using Clock = std::chrono::steady_clock;

/// Rows that are looked at for one that may be deleted; columns for one that may be changed.
constexpr int row_choices = 5;
constexpr std::size_t column_choices = 4;

/// Nothing is lost but the savepoint; what ends the transaction as a whole goes on.
bool ends_transaction(FailureKind kind) {
  return kind == FailureKind::ConnectionLost || kind == FailureKind::InDoubt ||
         kind == FailureKind::ReadOnly;
}

std::string message_of(std::string const& text) {
  return text.substr(0, text.find('\n'));
}

/// Relations with triggers of their own: those that a partition has from above fire for the root's
/// rows as well. Of inheritance children each has its own.
constexpr char const* targets_sql = R"(
WITH RECURSIVE tree AS (
  SELECT to_regclass($1)::oid AS oid
  UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent = tree.oid)
SELECT c.oid, format('%I.%I', n.nspname, c.relname), c.relkind
FROM tree JOIN pg_catalog.pg_class c USING (oid)
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND EXISTS (
  SELECT FROM pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal
  AND g.tgparentid = 0 AND g.tgenabled IN ('O', 'A'))
ORDER BY c.oid LIMIT 8)";

/// Those that a statement may write, with what could be written instead of their values.
constexpr char const* columns_sql = R"(
SELECT quote_ident(a.attname), a.attidentity = 'a',
  EXISTS (SELECT FROM pg_catalog.pg_index x WHERE x.indrelid = a.attrelid AND x.indisunique
          AND a.attnum = ANY (x.indkey)),
  a.atthasdef OR a.attidentity <> '',
  CASE t.typcategory WHEN 'S' THEN format('coalesce(%1$I || ''x'', ''x'')', a.attname)
    WHEN 'N' THEN format('coalesce(%1$I + 1, 1)', a.attname)
    WHEN 'B' THEN format('NOT coalesce(%1$I, false)', a.attname)
    WHEN 'D' THEN format('coalesce(%1$I + interval ''1 day'', now())', a.attname) END,
  EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'f'
          AND a.attnum = ANY (k.conkey))
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY a.attnum)";

std::string joined(std::vector<std::string> const& parts) {
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

struct Trial::Target {
  struct Column {
    std::string name;     // quoted
    bool fixed = false;   // GENERATED ALWAYS AS IDENTITY
    bool unique = false;  // in a unique index
    bool fills_itself = false;
    std::string other;  // another value; empty: none is known
    bool reference = false;
  };

  std::string relation;  // quoted
  bool partitioned = false;
  std::vector<Column> columns;

  std::string from() const { return (partitioned ? "" : "ONLY ") + relation; }

  std::vector<std::string> names(bool without_filled_keys) const {
    std::vector<std::string> all;
    for (Column const& column : columns) {
      bool const left_out = without_filled_keys && column.unique && column.fills_itself;
      if (!left_out) {
        all.push_back(column.name);
      }
    }
    return all;
  }
};

/// A session that has called a trigger's function before goes on with the plans that it made then,
/// one column short; every other session fails.
void Trial::begin_round() {
  transaction_.run("DISCARD PLANS");
  counters_.read(transaction_, tables_);  // the statements may have made some
  deadline_ = Clock::now() + time_;
}

std::string Trial::attempt(Write const& write, std::string* sqlstate, bool* refused) {
  auto const left = std::chrono::duration_cast<milliseconds>(deadline_ - Clock::now());
  if (left.count() < 1) {
    return fmt::format("there was no time left ({} ms)", time_.count());
  }
  std::string why;
  transaction_.run("SAVEPOINT bellows_trial");
  try {
    transaction_.set_local("statement_timeout", std::to_string(left.count()) + "ms");
    Rows const rows = transaction_.run(write.sql);
    transaction_.run("SET CONSTRAINTS ALL IMMEDIATE");
    if (write.must_write && rows.affected() == 0) {
      why = "no row was written";
    }
  } catch (Failure const& failure) {
    if (ends_transaction(failure.kind)) {
      throw;
    }
    why = failure.what();
    if (sqlstate != nullptr) {
      *sqlstate = failure.sqlstate;
    }
    if (refused != nullptr) {
      *refused = postgres::is_refusal(failure.kind);
    }
  }
  transaction_.run("ROLLBACK TO SAVEPOINT bellows_trial");
  transaction_.run("RELEASE SAVEPOINT bellows_trial");
  counters_.put_back(transaction_);
  return why;
}

void Trial::keep_first(std::vector<Write> const& choices) {
  std::string first;
  for (Write const& choice : choices) {
    std::string const why = attempt(choice);
    if (why.empty()) {
      went_.push_back(choice);
      return;
    }
    first = first.empty() ? message_of(why) : first;
  }
  if (!choices.empty()) {
    not_tried_.push_back(
        fmt::format("{} of {}: {}", choices.front().words, choices.front().table, first));
  }
}

std::vector<Trial::Target> Trial::targets_of(sql::QualifiedName const& table) {
  std::vector<Target> targets;
  Rows const found = transaction_.run(targets_sql, {table.quoted()});
  for (std::size_t row = 0; row < found.size(); ++row) {
    Target target{found.text(row, 1), found.text(row, 2) == "p", {}};
    Rows const columns = transaction_.run(columns_sql, {found.text(row, 0)});
    for (std::size_t i = 0; i < columns.size(); ++i) {
      target.columns.push_back({columns.text(i, 0), columns.truth(i, 1), columns.truth(i, 2),
                                columns.truth(i, 3), columns.text(i, 4), columns.truth(i, 5)});
    }
    targets.push_back(std::move(target));
  }
  return targets;
}

/// Conditions that each mean one row, as long as nobody updates it: a strong lock is held.
std::vector<std::string> Trial::rows_of(Target const& target) {
  std::vector<std::string> conditions;
  std::string why;
  transaction_.run("SAVEPOINT bellows_trial");
  try {
    transaction_.set_local("statement_timeout", std::to_string(time_.count()) + "ms");
    Rows const rows = transaction_.run(
        fmt::format("SELECT tableoid::oid, ctid FROM {} LIMIT {}", target.from(), row_choices));
    for (std::size_t row = 0; row < rows.size(); ++row) {
      conditions.push_back(
          fmt::format("tableoid = {} AND ctid = '{}'", rows.text(row, 0), rows.text(row, 1)));
    }
    why = rows.empty() ? "it has no rows" : "";
  } catch (Failure const& failure) {
    if (ends_transaction(failure.kind)) {
      throw;
    }
    why = message_of(failure.what());
  }
  transaction_.run("ROLLBACK TO SAVEPOINT bellows_trial");
  transaction_.run("RELEASE SAVEPOINT bellows_trial");
  if (!why.empty()) {
    not_tried_.push_back(fmt::format("writes of {}: {}", target.relation, why));
  }
  return conditions;
}

/// Every column set to what it has fires triggers with a list of columns; a changed value fires
/// those that look for a change.
void Trial::try_update(Target const& target, std::string const& row) {
  std::vector<std::string> same;
  std::vector<Write> changes;
  for (Target::Column const& column : target.columns) {
    if (column.fixed) {
      continue;
    }
    same.push_back(fmt::format("{0} = {0}", column.name));
    bool const changeable = !column.other.empty() && !column.unique && !column.reference;
    if (changeable && changes.size() < column_choices) {
      changes.push_back({target.relation, "an UPDATE that changes a value",
                         fmt::format("UPDATE {} SET {} = {} WHERE {}", target.from(), column.name,
                                     column.other, row)});
    }
  }
  if (!same.empty()) {
    keep_first({{target.relation, "an UPDATE",
                 fmt::format("UPDATE {} SET {} WHERE {}", target.from(), joined(same), row)}});
  }
  keep_first(changes);
}

/// The row is deleted and inserted again in one statement, so that no key is there twice; where it
/// may not be deleted, a copy of it gets new keys.
void Trial::try_insert(Target const& target, std::vector<std::string> const& rows) {
  std::vector<Write> choices;
  std::string const all = joined(target.names(false));
  for (std::string const& row : rows) {
    choices.push_back({target.relation, "an INSERT",
                       fmt::format("WITH gone AS (DELETE FROM {} WHERE {} RETURNING *) INSERT INTO "
                                   "{} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM gone",
                                   target.from(), row, target.relation, all, all),
                       true});
  }
  std::string const some = joined(target.names(true));
  if (some != all && !some.empty()) {
    choices.push_back({target.relation, "an INSERT",
                       fmt::format("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {} "
                                   "WHERE {}",
                                   target.relation, some, some, target.from(), rows.front()),
                       true});
  }
  keep_first(choices);
}

void Trial::try_delete(Target const& target, std::vector<std::string> const& rows) {
  std::vector<Write> choices;
  for (std::string const& row : rows) {
    choices.push_back(
        {target.relation, "a DELETE", fmt::format("DELETE FROM {} WHERE {}", target.from(), row)});
  }
  keep_first(choices);
}

void Trial::try_target(Target const& target) {
  std::vector<std::string> const rows = rows_of(target);
  if (rows.empty()) {
    return;
  }
  try_update(target, rows.front());
  try_delete(target, rows);  // before the INSERT, which deletes as well
  try_insert(target, rows);
}

void Trial::before(std::vector<sql::QualifiedName> const& tables) {
  if (tables.empty()) {
    return;
  }
  tables_ = tables;
  begin_round();
  for (sql::QualifiedName const& table : tables) {
    for (Target const& target : targets_of(table)) {
      try_target(target);
    }
  }
}

void Trial::after() {
  if (went_.empty()) {
    return;
  }
  begin_round();
  for (Write const& write : went_) {
    std::string sqlstate;
    bool refused = false;
    std::string const why = attempt(write, &sqlstate, &refused);
    if (refused) {
      fail(write, sqlstate, why);
    }
    if (!why.empty()) {
      not_tried_.push_back(fmt::format("{} of {} once more, after the statements: {}", write.words,
                                       write.table, message_of(why)));
    }
  }
}

/// PostgreSQL's CONTEXT names the functions that it was in.
std::string Trial::trigger_in(std::string const& table, std::string const& message) {
  Rows const rows = transaction_.run(
      "SELECT format('trigger %I, which executes %s', g.tgname, g.tgfoid::regprocedure), p.proname"
      " FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid"
      " WHERE g.tgrelid = to_regclass($1) AND NOT g.tgisinternal ORDER BY g.tgname",
      {table});
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (message.find(rows.text(row, 1)) != std::string::npos) {
      return rows.text(row, 0);
    }
  }
  return "";
}

void Trial::fail(Write const& write, std::string const& sqlstate, std::string const& message) {
  std::string const trigger = trigger_in(write.table, message);
  throw TrialFailed(
      fmt::format("step {}: {} of a row of {} goes before the step's statements and fails after "
                  "them{}; all was rolled back\n  {}",
                  step_, write.words, write.table,
                  trigger.empty() ? "" : fmt::format(", in {}", trigger), message),
      step_, sqlstate,
      "let the function name the columns that it takes, in a migration before (bellows check says "
      "which); or, where the failure is meant, -- bellows: no trial above the statement, and plan "
      "it again");
}

}  // namespace bellows::runner
