#include "planner/catalog/functions.hpp"

#include <algorithm>
#include <utility>

namespace bellows::catalog {

using sql::QualifiedName;

std::vector<Function> const& Functions::named(QualifiedName const& name) const {
  static std::vector<Function> const none;
  auto const found = by_name_->find(name);
  return found == by_name_->end() ? none : found->second;
}

Function const* Functions::of_trigger(QualifiedName const& name) const {
  for (Function const& function : named(name)) {
    if (function.arguments.empty()) {
      return &function;
    }
  }
  return nullptr;
}

Functions::ByName& Functions::own() {
  if (by_name_.use_count() > 1) {
    by_name_ = std::make_shared<ByName>(*by_name_);
  }
  return *by_name_;
}

void Functions::put(QualifiedName const& name, Function function) {
  std::vector<Function>& same_name = own()[name];
  auto const found = std::ranges::find(same_name, function.arguments, &Function::arguments);
  if (found != same_name.end()) {
    *found = std::move(function);
    return;
  }
  same_name.push_back(std::move(function));
  std::ranges::sort(same_name, {}, &Function::arguments);
}

void Functions::erase(QualifiedName const& name, std::optional<std::size_t> arguments) {
  if (named(name).empty()) {
    return;
  }
  std::vector<Function>& same_name = own()[name];
  std::erase_if(same_name, [&](Function const& function) {
    return !arguments || function.arguments.size() == *arguments;
  });
  if (same_name.empty()) {
    own().erase(name);
  }
}

void Functions::erase_schema(sql::Identifier const& schema) {
  std::erase_if(own(), [&](auto const& entry) { return entry.first.schema == schema; });
}

void Functions::rename(QualifiedName const& from, QualifiedName const& to) {
  if (named(from).empty()) {
    return;
  }
  auto node = own().extract(from);
  node.key() = to;
  own().insert(std::move(node));
}

void Functions::change(QualifiedName const& name, std::function<void(Function&)> const& change) {
  if (!named(name).empty()) {
    std::ranges::for_each(own()[name], change);
  }
}

}  // namespace bellows::catalog
