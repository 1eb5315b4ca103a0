#include "planner/catalog/type_changes.hpp"

#include "planner/catalog/edit.hpp"

#include <algorithm>

namespace bellows::catalog {

namespace {

using Labels = std::vector<std::string>;

void add_label(Labels& labels, sql::Other const& body) {
  if (std::ranges::find(labels, body.labels[0]) != labels.end()) {
    return;
  }
  auto place = body.labels.size() == 1 ? labels.end() : std::ranges::find(labels, body.labels[1]);
  if (place != labels.end() && body.behind) {
    ++place;
  }
  labels.insert(place, body.labels[0]);
}

}  // namespace

void change_types(Catalog& catalog, sql::Statement const& statement, sql::Other const& body) {
  std::string const name = type_text(catalog, body.object);
  if (body.makes_enum) {
    catalog.enums[name] = body.labels;
    return;
  }
  auto const found = catalog.enums.find(name);
  bool const known = found != catalog.enums.end() && !found->second.empty();
  if (statement.kind == "ALTER TYPE ADD VALUE" && known) {
    add_label(found->second, body);
  } else if (statement.kind == "ALTER TYPE RENAME VALUE" && known) {
    std::ranges::replace(found->second, body.labels[0], body.labels[1]);
  } else if (statement.kind == "CREATE TYPE" && body.attributes.empty()) {
    catalog.other_types.insert(name);
  }
}

}  // namespace bellows::catalog
