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

bool is_known(std::string_view type) {
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

}  // namespace

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
  if (is_known(from) && gathers) {
    return false;
  }
  if (!is_known(from) || !is_known(to)) {
    return std::nullopt;
  }
  Casts const* of = casts_of(from);
  return is_implicit(from, to) || (of != nullptr && has(of->assigned, to));
}

std::optional<bool> can_reference(std::string_view from_type, std::string_view key_type) {
  std::string const from = without_modifier(from_type);
  std::string const key = without_modifier(key_type);
  if (from == key) {
    return true;
  }
  if (!is_known(from) || !is_known(key)) {
    return std::nullopt;
  }
  bool const related = std::ranges::any_of(
      families, [&](auto const& family) { return has(family, from) && has(family, key); });
  return related || is_implicit(from, key);
}

}  // namespace bellows::rules::preconditions
