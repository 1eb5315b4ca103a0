#include "planner/rules/preconditions/type_casts.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

// Source: pg_cast of 13 to 18 (castcontext i and a), pg_opfamily's cross-type "=" of btree.
namespace bellows::rules::preconditions {

namespace {

/// Types that have no casts but to text, or are named below.
constexpr std::string_view all_types[] = {"smallint",
                                          "integer",
                                          "bigint",
                                          "numeric",
                                          "real",
                                          "double precision",
                                          "money",
                                          "text",
                                          "character varying",
                                          "character",
                                          "name",
                                          "boolean",
                                          "date",
                                          "timestamp without time zone",
                                          "timestamp with time zone",
                                          "time without time zone",
                                          "time with time zone",
                                          "interval",
                                          "uuid",
                                          "json",
                                          "jsonb",
                                          "xml",
                                          "bytea",
                                          "inet",
                                          "cidr",
                                          "macaddr",
                                          "macaddr8",
                                          "bit",
                                          "bit varying",
                                          "point",
                                          "line",
                                          "lseg",
                                          "box",
                                          "path",
                                          "polygon",
                                          "circle",
                                          "tsvector",
                                          "tsquery",
                                          "int4range",
                                          "int8range",
                                          "numrange",
                                          "daterange",
                                          "tsrange",
                                          "tstzrange"};

struct Casts {
  std::string_view from;
  std::array<std::string_view, 8> implicit;
  std::array<std::string_view, 5> assigned;
};

/// To text and its kin everything goes by assignment; that is not repeated.
constexpr Casts casts[] = {
    {"smallint", {"integer", "bigint", "numeric", "real", "double precision"}, {}},
    {"integer", {"bigint", "numeric", "real", "double precision"}, {"smallint", "money"}},
    {"bigint", {"numeric", "real", "double precision"}, {"smallint", "integer", "money"}},
    {"numeric", {"real", "double precision"}, {"smallint", "integer", "bigint", "money"}},
    {"real", {"double precision"}, {"smallint", "integer", "bigint", "numeric"}},
    {"double precision", {}, {"smallint", "integer", "bigint", "real", "numeric"}},
    {"money", {}, {"numeric"}},
    {"date", {"timestamp without time zone", "timestamp with time zone"}, {}},
    {"timestamp without time zone",
     {"timestamp with time zone"},
     {"date", "time without time zone"}},
    {"timestamp with time zone",
     {},
     {"date", "timestamp without time zone", "time without time zone", "time with time zone"}},
    {"time without time zone", {"interval", "time with time zone"}, {}},
    {"time with time zone", {}, {"time without time zone"}},
    {"interval", {}, {"time without time zone"}},
    {"text", {"character varying", "character"}, {}},
    {"character varying", {"text", "character"}, {}},
    {"character", {"text", "character varying", "name"}, {}},
    {"name", {"text"}, {}},
    {"cidr", {"inet"}, {}},
    {"inet", {}, {"cidr"}},
    {"bit", {"bit varying"}, {}},
    {"bit varying", {"bit"}, {}},
    {"macaddr", {"macaddr8"}, {}},
    {"macaddr8", {"macaddr"}, {}},
    {"json", {}, {"jsonb"}},
    {"jsonb", {}, {"json"}},
    {"box", {}, {"polygon"}},
    {"polygon", {}, {"path"}},
    {"path", {}, {"polygon"}},
    {"point", {}, {"box"}},
};

/// Only where they are asked for.
constexpr Casts explicit_casts[] = {
    {"integer", {"boolean", "bit"}, {}},
    {"bigint", {"bit"}, {}},
    {"boolean", {"integer"}, {}},
    {"bit", {"integer", "bigint"}, {}},
    {"jsonb",
     {"boolean", "smallint", "integer", "bigint", "real", "double precision", "numeric"},
     {}},
    {"box", {"circle", "lseg", "point"}, {}},
    {"circle", {"box", "point", "polygon"}, {}},
    {"lseg", {"point"}, {}},
    {"polygon", {"box", "circle", "point"}, {}},
};

/// Those that not all versions have: integers and bytea (18), a path's point (13).
bool differs_by_version(std::string_view from, std::string_view to) {
  return from == "bytea" || to == "bytea" || (from == "path" && to == "point");
}

constexpr std::string_view texts[] = {"text", "character varying", "character", "name"};

/// An "=" between different types of one btree family.
constexpr std::array<std::string_view, 3> families[] = {
    {"smallint", "integer", "bigint"},
    {"real", "double precision"},
    {"date", "timestamp without time zone", "timestamp with time zone"},
    {"text", "character varying", "name"},
    {"inet", "cidr"},
};

/// "character varying(20)" and "timestamp(3) without time zone" without their modifiers.
std::string without_modifier(std::string_view type) {
  auto const open = type.find('(');
  auto const close = type.find(')');
  std::string result(type.substr(0, open));
  if (open != std::string_view::npos && close != std::string_view::npos) {
    result += type.substr(close + 1);
  }
  return result.starts_with("interval ") ? "interval" : result;
}

template <typename Range>
bool has(Range const& range, std::string_view one) {
  return !one.empty() && std::ranges::find(range, one) != std::end(range);
}

bool has_told_casts(std::string_view type) {
  return has(all_types, type);
}

Casts const* casts_of(std::string_view from) {
  auto const* found = std::ranges::find(casts, from, &Casts::from);
  return found == std::end(casts) ? nullptr : found;
}

bool is_implicit(std::string_view from, std::string_view to) {
  Casts const* of = casts_of(from);
  return of != nullptr && has(of->implicit, to);
}

using Relation = std::optional<bool> (*)(std::string_view, std::string_view);

/// An enum or a composite type.
bool is_own(catalog::Catalog const& catalog, std::string const& type) {
  return catalog.enums.contains(type) || catalog.composites.contains(type);
}

bool is_array(std::string_view type) {
  return type.ends_with("[]");
}

std::string_view element_of(std::string_view type) {
  return type.substr(0, type.size() - (is_array(type) ? 2 : 0));
}

std::optional<bool> related(catalog::Catalog const& catalog, std::string_view from_type,
                            std::string_view to_type, Relation builtin) {
  std::string const from = underlying_type(catalog, from_type);
  std::string const to = underlying_type(catalog, to_type);
  if (auto const told = builtin(from, to)) {
    return told;
  }
  if (is_array(from) && is_array(to)) {
    return related(catalog, element_of(from), element_of(to), builtin);
  }
  auto const is_told = [&](std::string const& type) {
    std::string const element = underlying_type(catalog, element_of(type));
    return has_told_casts(element) || is_own(catalog, element);
  };
  bool const told = catalog.complete && !catalog.extended && is_told(from) && is_told(to);
  return told ? std::optional(false) : std::nullopt;
}

}  // namespace

std::string underlying_type(catalog::Catalog const& catalog, std::string_view type) {
  std::string result = without_modifier(type);
  for (std::size_t depth = 0; depth <= catalog.domains.size(); ++depth) {
    auto const domain = catalog.domains.find(result);
    if (domain == catalog.domains.end()) {
      break;
    }
    result = without_modifier(domain->second.base);
  }
  return result;
}

std::span<std::string_view const> known_types() {
  return all_types;
}

std::optional<bool> is_assignable(std::string_view from_type, std::string_view to_type) {
  std::string const from = without_modifier(from_type);
  std::string const to = without_modifier(to_type);
  if (from == to || has(texts, to)) {
    return true;
  }
  bool const gathers =
      to.ends_with("[]") && !from.ends_with("[]");  // of one value no array is made
  if (has_told_casts(from) && gathers) {
    return false;
  }
  if (!has_told_casts(from) || !has_told_casts(to)) {
    return std::nullopt;
  }
  Casts const* of = casts_of(from);
  return is_implicit(from, to) || (of != nullptr && has(of->assigned, to));
}

std::optional<bool> is_castable(std::string_view from_type, std::string_view to_type) {
  std::string const from = without_modifier(from_type);
  std::string const to = without_modifier(to_type);
  if (has(texts, from) || is_assignable(from, to) == true) {
    return true;
  }
  Casts const* of = nullptr;
  if (auto const* found = std::ranges::find(explicit_casts, from, &Casts::from);
      found != std::end(explicit_casts)) {
    of = found;
  }
  if (of != nullptr && has(of->implicit, to)) {
    return true;
  }
  return differs_by_version(from, to) ? std::nullopt : is_assignable(from, to);
}

std::optional<bool> is_assignable(catalog::Catalog const& catalog, std::string_view from,
                                  std::string_view to) {
  return related(catalog, from, to, is_assignable);
}

std::optional<bool> is_castable(catalog::Catalog const& catalog, std::string_view from,
                                std::string_view to) {
  return related(catalog, from, to, is_castable);
}

std::optional<bool> can_reference(catalog::Catalog const& catalog, std::string_view from,
                                  std::string_view key) {
  return related(catalog, from, key, can_reference);
}

std::optional<bool> can_reference(std::string_view from_type, std::string_view key_type) {
  std::string const from = without_modifier(from_type);
  std::string const key = without_modifier(key_type);
  if (from == key) {
    return true;
  }
  if (!has_told_casts(from) || !has_told_casts(key)) {
    return std::nullopt;
  }
  bool const related = std::ranges::any_of(
      families, [&](auto const& family) { return has(family, from) && has(family, key); });
  return related || is_implicit(from, key);
}

}  // namespace bellows::rules::preconditions
