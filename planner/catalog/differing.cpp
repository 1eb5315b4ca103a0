#include "planner/catalog/differing.hpp"

#include "planner/catalog/model.hpp"

namespace bellows::catalog {

std::vector<sql::QualifiedName> differing(Tables const& one, Tables const& other) {
  std::vector<sql::QualifiedName> names;
  auto at = other.begin();
  for (auto const& [name, table] : one) {
    for (; at != other.end() && at->first < name; ++at) {
      names.push_back(at->first);
    }
    bool const in_both = at != other.end() && at->first == name;
    if (!in_both || &at->second != &table) {
      names.push_back(name);
    }
    if (in_both) {
      ++at;
    }
  }
  for (; at != other.end(); ++at) {
    names.push_back(at->first);
  }
  return names;
}

}  // namespace bellows::catalog
