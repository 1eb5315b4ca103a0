#include "planner/sql/parser/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

void add_once(std::vector<Identifier>& names, Identifier name) {
  if (std::ranges::find(names, name) == names.end()) {
    names.push_back(std::move(name));
  }
}

/// MINVALUE and MAXVALUE come as a name without quotes: PostgreSQL tells them apart only later.
bool is_limit(Node const* node) {
  auto const* reference = tree::as<ColumnRef>(node);
  if (reference == nullptr || tree::items(reference->fields).size() != 1) {
    return false;
  }
  std::string_view const word = last_name(*reference);
  return word == "minvalue" || word == "maxvalue";
}

std::vector<std::string> values(List const* datums) {
  std::vector<std::string> texts;
  for (Node const* datum : tree::items(datums)) {
    texts.push_back(is_limit(datum) ? "" : text_of_expression(datum));
  }
  return texts;
}

/// PARTITION_STRATEGY_…: the letters of pg_partitioned_table.
std::string words_of(char strategy) {
  switch (strategy) {
    case PARTITION_STRATEGY_LIST:
      return "list";
    case PARTITION_STRATEGY_RANGE:
      return "range";
    case PARTITION_STRATEGY_HASH:
      return "hash";
    default:
      return "";
  }
}

}  // namespace

PartitionKey partition_key(PartitionSpec const& spec) {
  PartitionKey key;
  key.strategy = words_of(static_cast<char>(spec.strategy));
  std::vector<Identifier> in_expressions;
  for (PartitionElem const* element : tree::items<PartitionElem>(spec.partParams)) {
    if (element->expr == nullptr) {
      add_once(key.columns, identifier(element->name));
      continue;
    }
    key.has_expressions = true;
    for (Identifier& column : columns_in(*element->expr)) {
      in_expressions.push_back(std::move(column));
    }
  }
  for (Identifier& column : in_expressions) {
    add_once(key.columns, std::move(column));
  }
  return key;
}

PartitionBounds partition_bounds(PartitionBoundSpec const& spec) {
  PartitionBounds bounds;
  bounds.is_default = spec.is_default;
  bounds.strategy = bounds.is_default ? "" : words_of(spec.strategy);
  bounds.list = values(spec.listdatums);
  bounds.lower = values(spec.lowerdatums);
  bounds.upper = values(spec.upperdatums);
  bounds.modulus = spec.modulus;
  bounds.remainder = spec.remainder;
  return bounds;
}

}  // namespace bellows::sql
