#include "planner/locks/related.hpp"
#include "planner/sql/rows_written.hpp"

#include <algorithm>
#include <iterator>
#include <span>

/// Relations that a statement only names or reads, beside those that it is about.
namespace bellows::locks::related {

namespace {

Names each_resolved(catalog::Catalog const& catalog, std::span<sql::QualifiedName const> names) {
  Names all;
  std::ranges::transform(names, std::back_inserter(all),
                         [&](sql::QualifiedName const& name) { return catalog.resolve(name); });
  return all;
}

}  // namespace

Names mentioned(Facts const& facts) {
  auto const* other = facts.body<sql::Other>();
  if (other == nullptr || other->relations.empty()) {
    return {};
  }
  return each_resolved(facts.catalog, std::span(other->relations).subspan(1));
}

Names read(Facts const& facts) {
  if (auto const* update = facts.body<sql::Update>()) {
    Names const all = update->simple ? Names{} : sql::relations_read(facts.statement);
    return each_resolved(facts.catalog, all);
  }
  auto const* data = facts.body<sql::DataStatement>();
  return data == nullptr ? Names{} : each_resolved(facts.catalog, data->reads);
}

}  // namespace bellows::locks::related
