#include "batcher/job/batch_sql.hpp"

#include <fmt/format.h>

namespace bellows::batcher {
namespace {

// Each expression ends with a line end, so that a comment in it ends there too.
std::string assignments(Spec const& spec) {
  std::string list;
  for (auto const& [column, expression] : spec.set) {
    list += fmt::format("{}{} = ({}\n)", list.empty() ? "" : ", ", column.quoted(), expression);
  }
  return list;
}

std::string rows_of(Statement& statement, Key const& key, Part const& part) {
  std::string const place =
      part.last_only ? at_key(statement, key, part.range.upto) : within(statement, key, part.range);
  return place + and_stripes(key_hash(key), part.stripes);
}

}  // namespace

Statement lock_sql(Spec const& spec, Key const& key, Part const& part, OnLocked on_locked) {
  Statement statement;
  std::string const condition = rows_of(statement, key, part);
  statement.sql = fmt::format(
      "SELECT count(*) FROM (SELECT FROM {} WHERE {}{} ORDER BY {} FOR NO KEY UPDATE{}) AS locked",
      spec.table.quoted(), condition, and_where(spec.where), key_order(key),
      on_locked == OnLocked::GiveUp ? " NOWAIT" : "");
  return statement;
}

Statement update_sql(Spec const& spec, Key const& key, Part const& part) {
  Statement statement;
  std::string const condition = rows_of(statement, key, part);
  statement.sql = fmt::format("UPDATE {} SET {} WHERE {}{}", spec.table.quoted(), assignments(spec),
                              condition, and_where(spec.where));
  return statement;
}

}  // namespace bellows::batcher
