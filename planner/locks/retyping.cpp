#include "planner/locks/retyping.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/locks/type_parts.hpp"

#include <algorithm>

namespace bellows::locks {

namespace {

using catalog::Catalog;
using catalog::Column;

constexpr int deep_enough = 8;  // domains over domains

Column const* altered_column(Facts const& facts) {
  catalog::Table const* table = facts.seen();
  Column const* column =
      table == nullptr || facts.command == nullptr ? nullptr : table->column(facts.command->name);
  return column == nullptr || column->type.empty() ? nullptr : column;
}

/// What a domain is made of: PostgreSQL looks through it.
std::string underlying(Catalog const& catalog, std::string type) {
  for (int depth = 0; depth < deep_enough; ++depth) {
    auto const domain = catalog.domains.find(type);
    if (domain == catalog.domains.end()) {
      break;
    }
    type = domain->second.base;
  }
  return type;
}

/// As the source of a cast: a value of a domain does not tell the length of its base.
std::string underlying_source(Catalog const& catalog, std::string const& type) {
  return catalog.domains.contains(type) ? without_modifier(underlying(catalog, type)) : type;
}

std::string element_of(std::string type) {
  if (type.ends_with("[]")) {
    type.resize(type.size() - 2);
  }
  return type;
}

/// No domain, whether or not all of them are known.
bool is_told(Catalog const& catalog, std::string const& type) {
  std::string const element = element_of(type);
  return catalog.complete || is_shipped_type(element) || catalog.enums.contains(element) ||
         catalog.composites.contains(element);
}

TypeChange change_between(Catalog const& catalog, std::string const& from, std::string const& to) {
  if (from == to) {
    return TypeChange::Free;
  }
  if (is_constrained(catalog, to)) {
    return TypeChange::Rewrites;
  }
  std::string const source = underlying_source(catalog, from);
  std::string const target = underlying(catalog, to);
  TypeChange const change = type_change(source, target);
  // Enums, composites and the like are stored in a way of their own.
  bool const told = is_told(catalog, source) && is_told(catalog, target);
  return change == TypeChange::Unknown && told ? TypeChange::Rewrites : change;
}

/// `zone`: what the migration has SET; empty: nothing.
TypeChange in_time_zone(TypeChange change, std::string const& zone) {
  if (change != TypeChange::ByTimeZone || zone.empty()) {
    return change;
  }
  return is_utc(zone) ? TypeChange::RebuildsIndexes : TypeChange::Rewrites;
}

/// The worst of all links. Indexes see only where the way begins and ends.
TypeChange along(Catalog const& catalog, std::vector<std::string> const& types) {
  TypeChange worst = types.front().empty() ? TypeChange::Unknown : TypeChange::Free;
  for (std::size_t i = 0; i + 1 < types.size(); ++i) {
    if (!types[i].empty()) {
      TypeChange const link = change_between(catalog, types[i], types[i + 1]);
      worst = std::max(worst, in_time_zone(link, catalog.time_zone));
    }
  }
  if (worst > TypeChange::RebuildsIndexes) {
    return worst;
  }
  TypeChange const ends = change_between(catalog, types.front(), types.back());
  return ends == TypeChange::Free ? ends : worst;
}

/// Without the schema that PostgreSQL's own are in; empty: the type's own.
std::string collation_name(std::string const& text) {
  constexpr std::string_view shipped = "pg_catalog.";
  std::string const name = text.starts_with(shipped) ? text.substr(shipped.size()) : text;
  return name == "\"default\"" ? "" : name;
}

/// One of them may be written without its schema.
bool same_collation(std::string const& one, std::string const& other) {
  auto const ends = [](std::string const& all, std::string const& name) {
    return !name.empty() && all.ends_with("." + name);
  };
  return one == other || ends(one, other) || ends(other, one);
}

}  // namespace

bool is_constrained(Catalog const& catalog, std::string type) {
  for (int depth = 0; depth < deep_enough; ++depth) {
    auto const domain = catalog.domains.find(type);
    if (domain == catalog.domains.end()) {
      return false;
    }
    if (domain->second.constrained) {
      return true;
    }
    type = domain->second.base;
  }
  return true;
}

std::vector<std::string> types_on_the_way(Facts const& facts) {
  if (facts.command == nullptr || !facts.command->casts) {
    return {};
  }
  Column const* column = altered_column(facts);
  std::vector<std::string> types{column == nullptr ? "" : column->type};
  for (sql::TypeName const& cast : *facts.command->casts) {
    types.push_back(catalog::qualified_type(facts.catalog, cast));
  }
  types.push_back(catalog::qualified_type(facts.catalog, facts.command->type));
  return types;
}

TypeChange retyping(Facts const& facts) {
  Column const* column = altered_column(facts);
  if (column != nullptr && column->virtual_column) {
    return TypeChange::Free;  // no row holds its values
  }
  std::vector<std::string> const types = types_on_the_way(facts);
  return types.empty() ? TypeChange::Rewrites : along(facts.catalog, types);
}

bool changes_collation(Facts const& facts) {
  Column const* column = altered_column(facts);
  return column != nullptr && !same_collation(collation_name(column->collation),
                                              collation_name(facts.command->column.collation));
}

}  // namespace bellows::locks
