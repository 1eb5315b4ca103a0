#include "planner/sql/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

void add_once(std::vector<Identifier>& names, Identifier name) {
  if (std::ranges::find(names, name) == names.end()) {
    names.push_back(std::move(name));
  }
}

/// MINVALUE and MAXVALUE come as a name without quotes: PostgreSQL tells them apart only later.
bool is_limit(PgQuery__Node const& node) {
  if (node.node_case != PG_QUERY__NODE__NODE_COLUMN_REF || node.column_ref->n_fields != 1) {
    return false;
  }
  std::string_view const word = tree::text_of(node.column_ref->fields[0]);
  return word == "minvalue" || word == "maxvalue";
}

std::vector<std::string> values(std::span<PgQuery__Node* const> datums) {
  std::vector<std::string> texts;
  for (PgQuery__Node* datum : datums) {
    texts.push_back(is_limit(*datum) ? "" : text_of_expression(datum));
  }
  return texts;
}

}  // namespace

PartitionKey partition_key(PgQuery__PartitionSpec const& spec) {
  PartitionKey key;
  key.strategy = spec.strategy;
  std::vector<Identifier> in_expressions;
  for (PgQuery__Node const* node : nodes(spec.part_params, spec.n_part_params)) {
    PgQuery__PartitionElem const& element = *node->partition_elem;
    if (element.expr == nullptr) {
      add_once(key.columns, Identifier(element.name));
      continue;
    }
    key.has_expressions = true;
    for (Identifier& column : columns_in(element.expr->base)) {
      in_expressions.push_back(std::move(column));
    }
  }
  for (Identifier& column : in_expressions) {
    add_once(key.columns, std::move(column));
  }
  return key;
}

PartitionBounds partition_bounds(PgQuery__PartitionBoundSpec const& spec) {
  constexpr std::pair<char, std::string_view> strategies[] = {
      {'l', "list"}, {'r', "range"}, {'h', "hash"}};  // PARTITION_STRATEGY_…, parsenodes.h
  PartitionBounds bounds;
  bounds.is_default = spec.is_default != 0;
  for (auto const& [letter, word] : strategies) {
    if (!bounds.is_default && *spec.strategy == letter) {
      bounds.strategy = word;
    }
  }
  bounds.list = values(nodes(spec.listdatums, spec.n_listdatums));
  bounds.lower = values(nodes(spec.lowerdatums, spec.n_lowerdatums));
  bounds.upper = values(nodes(spec.upperdatums, spec.n_upperdatums));
  return bounds;
}

}  // namespace bellows::sql
