#include "batcher/preview/first_match.hpp"

#include "batcher/keys/range_sql.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace bellows::batcher {
namespace {

std::string condition_of(Spec const& spec) {
  return spec.where.empty() ? "true" : "(" + spec.where + "\n)";
}

}  // namespace

double estimate_matches(postgres::Transaction& transaction, Spec const& spec) {
  auto const explained = transaction.run(fmt::format(
      "EXPLAIN (FORMAT JSON) SELECT FROM {} WHERE {}", spec.table.quoted(), condition_of(spec)));
  return nlohmann::json::parse(explained.text(0, 0)).at(0).at("Plan").at("Plan Rows").get<double>();
}

std::optional<KeyValue> any_match(postgres::Transaction& transaction, Spec const& spec,
                                  Key const& key) {
  auto const found =
      transaction.run(fmt::format("SELECT {} FROM {} WHERE {} LIMIT 1", key_texts(key),
                                  spec.table.quoted(), condition_of(spec)));
  return found.empty() ? std::nullopt : std::optional(key_value(found, 0, key.size()));
}

std::optional<KeyValue> key_before(postgres::Transaction& transaction,
                                   sql::QualifiedName const& table, Key const& key,
                                   KeyValue const& of, std::int64_t rows) {
  Statement statement;
  std::string const condition = within(statement, key, {std::nullopt, of});
  statement.sql = select_keys(table, key, " WHERE " + condition, key_order(key, true),
                              fmt::format("1 OFFSET {}", rows));
  auto const found = transaction.run(statement.sql, statement.parameters);
  return found.empty() ? std::nullopt : std::optional(key_value(found, 0, key.size()));
}

}  // namespace bellows::batcher
