#include "batcher/job/batch_sql.hpp"

#include "batcher/keys/pages.hpp"

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

// The alias: expressions may name the table.
std::string from(Spec const& spec, Part const& part) {
  return part.leaf ? fmt::format("ONLY {} AS {}", part.leaf->name, spec.table.name.quoted())
                   : spec.table.quoted();
}

// A row that was set aside by its place would be found again by every later walk.
std::string and_not_set_aside(Statement& statement, Spec const& spec, Leaf const& leaf) {
  std::string const job = statement.bind(spec.id, "text");
  std::string const relation = statement.bind(leaf.name, "text");
  return fmt::format(
      " AND ctid <> ALL (ARRAY(SELECT (row_key->>1)::tid FROM bellows.dead_letters"
      " WHERE job = {} AND lane = {} AND row_key->>0 = {}))",
      job, page_lane, relation);
}

std::string rows_of(Statement& statement, Key const& key, Part const& part, Spec const& spec) {
  Key const& by = key_of(key, part);
  std::string const place =
      part.last_only ? at_key(statement, by, part.range.upto) : within(statement, by, part.range);
  if (part.leaf) {
    return place + (part.last_only ? "" : part.leaf->and_pages) +
           and_not_set_aside(statement, spec, *part.leaf);
  }
  return place + and_stripes(key_hash(by), part.stripes);
}

std::string words(Spec const& spec, Update const& update, std::string const& rows,
                  Part const& part) {
  return fmt::format("UPDATE {} SET {} WHERE {}", from(spec, part), assignments(update), rows);
}

std::string words(Spec const& spec, Delete const& /*action*/, std::string const& rows,
                  Part const& part) {
  return fmt::format("DELETE FROM {} WHERE {}", from(spec, part), rows);
}

std::string words(Spec const& spec, Copy const& copy, std::string const& rows,
                  Part const& /*part: a copy is by key*/) {
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

Key const& key_of(Key const& key, Part const& part) {
  return part.leaf ? page_key() : key;
}

KeyValue row_name(Part const& part) {
  return part.leaf ? KeyValue{part.leaf->name, part.range.upto.front()} : part.range.upto;
}

std::string row_words(Key const& key, Part const& part) {
  return part.leaf ? fmt::format("ctid {} of {}", part.range.upto.front(), part.leaf->name)
                   : key_words(key, part.range.upto);
}

Statement lock_sql(Spec const& spec, Key const& key, Part const& part, OnLocked on_locked) {
  Statement statement;
  std::string const condition = rows_of(statement, key, part, spec);
  statement.sql =
      fmt::format("SELECT count(*) FROM (SELECT FROM {} WHERE {}{} ORDER BY {} FOR {}{}) AS locked",
                  from(spec, part), condition, and_where(spec.where), key_order(key_of(key, part)),
                  lock_strength(spec.action), on_locked == OnLocked::GiveUp ? " NOWAIT" : "");
  return statement;
}

Statement write_sql(Spec const& spec, Key const& key, Part const& part) {
  Statement statement;
  std::string const rows = rows_of(statement, key, part, spec) + and_where(spec.where);
  statement.sql =
      std::visit([&](auto const& action) { return words(spec, action, rows, part); }, spec.action);
  return statement;
}

Statement marked_update_sql(Spec const& spec, Key const& key, Part const& part) {
  Statement statement = write_sql(spec, key, part);
  statement.sql = fmt::format(
      "WITH written AS ({} RETURNING ({}\n) IS TRUE AS again)"
      " SELECT count(*), count(*) FILTER (WHERE again) FROM written",
      statement.sql, spec.where);
  return statement;
}

}  // namespace bellows::batcher
