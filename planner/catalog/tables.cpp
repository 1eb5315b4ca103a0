#include "planner/catalog/tables.hpp"

#include "planner/catalog/model.hpp"

#include <algorithm>

namespace bellows::catalog {

namespace {

Table& own(std::shared_ptr<Table>& table) {
  if (table.use_count() > 1) {
    table = std::make_shared<Table>(*table);
  }
  return *table;
}

}  // namespace

Table const* Tables::find(sql::QualifiedName const& name) const {
  auto const found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second.get();
}

Table* Tables::edit(sql::QualifiedName const& name) {
  auto const found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &own(found->second);
}

void Tables::edit_where(std::function<bool(Table const&)> const& concerns,
                        std::function<void(Table&)> const& change) {
  for (auto& [name, table] : by_name_) {
    if (concerns(*table)) {
      change(own(table));
    }
  }
}

Table& Tables::put(Table table) {
  sql::QualifiedName const name = table.name;
  auto const placed = by_name_.insert_or_assign(name, std::make_shared<Table>(std::move(table)));
  return *placed.first->second;
}

std::optional<Table> Tables::take(sql::QualifiedName const& name) {
  auto const found = by_name_.find(name);
  if (found == by_name_.end()) {
    return std::nullopt;
  }
  Table taken = std::move(own(found->second));
  by_name_.erase(found);
  return taken;
}

void Tables::erase_schema(std::string_view schema) {
  std::erase_if(by_name_, [&](auto const& entry) { return entry.first.schema.raw() == schema; });
}

bool Tables::operator==(Tables const& other) const {
  return std::ranges::equal(by_name_, other.by_name_, [](auto const& a, auto const& b) {
    return a.first == b.first && (a.second == b.second || *a.second == *b.second);
  });
}

}  // namespace bellows::catalog
