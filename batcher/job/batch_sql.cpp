#include "batcher/job/batch_sql.hpp"

#include <fmt/format.h>

namespace bellows::batcher {
namespace {

// Each expression ends with a line end, so that a comment in it ends there too.
std::string assignments(Update const& update) {
  std::string list;
  for (auto const& [column, expression] : update.set) {
    list += fmt::format("{}{} = ({}\n)", list.empty() ? "" : ", ", column.quoted(), expression);
  }
  return list;
}

std::string rows_of(Statement& statement, Key const& key, Part const& part) {
  std::string const place =
      part.last_only ? at_key(statement, key, part.range.upto) : within(statement, key, part.range);
  return place + and_stripes(key_hash(key), part.stripes);
}

std::string words(Spec const& spec, Update const& update, std::string const& rows) {
  return fmt::format("UPDATE {} SET {} WHERE {}", spec.table.quoted(), assignments(update), rows);
}

std::string words(Spec const& spec, Delete const& /*action*/, std::string const& rows) {
  return fmt::format("DELETE FROM {} WHERE {}", spec.table.quoted(), rows);
}

std::string words(Spec const& spec, Copy const& copy, std::string const& rows) {
  std::string columns;
  std::string values;
  for (auto const& [column, expression] : copy.columns) {
    char const* const comma = columns.empty() ? "" : ", ";
    columns += comma + column.quoted();
    values += fmt::format("{}({}\n)", comma, expression);
  }
  std::string const overriding =
      copy.overriding.empty() ? "" : fmt::format("OVERRIDING {} ", copy.overriding);
  std::string const conflict =
      copy.on_conflict.empty() ? "" : fmt::format(" ON CONFLICT {}", copy.on_conflict);
  // The rows are locked by us already. That they are locked here once more costs next to nothing,
  // and is refused where the values are not of one row each: an aggregate of the user's own, say,
  // which would be one of each batch.
  return fmt::format("INSERT INTO {} ({}) {}SELECT {} FROM {} WHERE {} FOR NO KEY UPDATE{}",
                     copy.into.quoted(), columns, overriding, values, spec.table.quoted(), rows,
                     conflict);
}

char const* lock_strength(Action const& action) {
  return std::holds_alternative<Delete>(action) ? "UPDATE" : "NO KEY UPDATE";
}

}  // namespace

Statement lock_sql(Spec const& spec, Key const& key, Part const& part, OnLocked on_locked) {
  Statement statement;
  std::string const condition = rows_of(statement, key, part);
  statement.sql =
      fmt::format("SELECT count(*) FROM (SELECT FROM {} WHERE {}{} ORDER BY {} FOR {}{}) AS locked",
                  spec.table.quoted(), condition, and_where(spec.where), key_order(key),
                  lock_strength(spec.action), on_locked == OnLocked::GiveUp ? " NOWAIT" : "");
  return statement;
}

Statement write_sql(Spec const& spec, Key const& key, Part const& part) {
  Statement statement;
  std::string const rows = rows_of(statement, key, part) + and_where(spec.where);
  statement.sql =
      std::visit([&](auto const& action) { return words(spec, action, rows); }, spec.action);
  return statement;
}

}  // namespace bellows::batcher
