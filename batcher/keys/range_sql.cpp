#include "batcher/keys/range_sql.hpp"

#include <fmt/format.h>

namespace bellows::batcher {
namespace {

std::string comparable(KeyType const& column) {
  return column.collation.empty() ? column.name.quoted()
                                  : column.name.quoted() + " COLLATE " + column.collation;
}

std::string as_text(KeyType const& column) {
  std::string const name = column.name.quoted();
  return column.dated ? "to_json(" + name + ") #>> '{}'" : name + "::text";
}

template <typename Part>
std::string joined(Key const& key, Part const& part) {
  std::string list;
  for (KeyType const& column : key) {
    list += (list.empty() ? "" : ", ") + part(column);
  }
  return list;
}

// A row of one column needs no row comparison.
std::string in_row(Key const& key, std::string const& list) {
  return key.size() == 1 ? list : "(" + list + ")";
}

std::string bound(Statement& statement, Key const& key, KeyValue const& value) {
  std::size_t index = 0;
  return in_row(key, joined(key, [&](KeyType const& column) {
                  return statement.bind(value.at(index++), column.type);
                }));
}

std::string keyed(Key const& key, char const* first) {
  std::string condition;
  for (KeyType const& column : key) {
    if (column.nullable) {
      condition += (condition.empty() ? first : " AND ") + column.name.quoted() + " IS NOT NULL";
    }
  }
  return condition;
}

}  // namespace

std::string Statement::bind(std::string value, std::string const& type) {
  parameters.emplace_back(std::move(value));
  return fmt::format("${}::{}", parameters.size(), type);
}

std::string within(Statement& statement, Key const& key, Range const& range) {
  std::string const columns = in_row(key, joined(key, comparable));
  std::string condition;
  if (range.after) {
    condition = columns + " > " + bound(statement, key, *range.after) + " AND ";
  }
  return condition + columns + " <= " + bound(statement, key, range.upto) + keyed(key, " AND ");
}

std::string where_keyed(Key const& key) {
  return keyed(key, " WHERE ");
}

std::string at_key(Statement& statement, Key const& key, KeyValue const& value) {
  return in_row(key, joined(key, comparable)) + " = " + bound(statement, key, value);
}

std::string key_words(Key const& key, KeyValue const& value) {
  std::size_t index = 0;
  return joined(
      key, [&](KeyType const& column) { return column.name.quoted() + " = " + value.at(index++); });
}

std::string key_order(Key const& key, bool backwards) {
  return joined(
      key, [&](KeyType const& column) { return comparable(column) + (backwards ? " DESC" : ""); });
}

std::string key_texts(Key const& key) {
  return joined(key, as_text);
}

std::string select_keys(sql::QualifiedName const& table, Key const& key, std::string const& tail,
                        std::string const& order, std::string const& limit,
                        std::string const& more) {
  std::string const columns =
      joined(key, [](KeyType const& column) { return column.name.quoted(); });
  return fmt::format("SELECT {}{} FROM (SELECT {} FROM {}{} ORDER BY {} LIMIT {}) AS found",
                     key_texts(key), more, columns, table.quoted(), tail, order, limit);
}

std::string and_where(std::string const& predicate) {
  // The line end closes a comment that the predicate may end with.
  return predicate.empty() ? std::string() : " AND (" + predicate + "\n)";
}

Statement boundary_sql(sql::QualifiedName const& table, Key const& key, Range const& range,
                       std::int64_t rows, std::string const& histogram) {
  Statement statement;
  std::string bucket;
  if (!histogram.empty()) {
    bucket = fmt::format(", width_bucket({}, {})", comparable(key.front()),
                         statement.bind(histogram, key.front().type + "[]"));
  }
  std::string const condition = within(statement, key, range);
  statement.sql = select_keys(table, key, " WHERE " + condition, key_order(key),
                              fmt::format("1 OFFSET {}", rows - 1), bucket);
  return statement;
}

Statement count_sql(sql::QualifiedName const& table, Key const& key, Range const& range) {
  Statement statement;
  std::string const condition = within(statement, key, range);
  statement.sql = fmt::format("SELECT count(*) FROM {} WHERE {}", table.quoted(), condition);
  return statement;
}

}  // namespace bellows::batcher
