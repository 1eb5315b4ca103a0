#include "planner/locks/type_change.hpp"

#include "planner/locks/type_parts.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>

namespace bellows::locks {

namespace {

enum class Width : std::uint8_t { Any, NotNarrower, Unlimited };

struct Pair {
  std::string_view from;
  std::string_view to;
  Width width;  // what must hold of the modifiers
  TypeChange change;
};

constexpr Pair pairs[] = {
    {"character varying", "character varying", Width::NotNarrower, TypeChange::Free},
    {"character varying", "text", Width::Any, TypeChange::Free},
    {"text", "character varying", Width::Unlimited, TypeChange::Free},
    {"bit varying", "bit varying", Width::NotNarrower, TypeChange::Free},
    {"bit", "bit varying", Width::Unlimited, TypeChange::RebuildsIndexes},
    {"timestamp without time zone", "timestamp without time zone", Width::NotNarrower,
     TypeChange::Free},
    {"timestamp with time zone", "timestamp with time zone", Width::NotNarrower, TypeChange::Free},
    {"time without time zone", "time without time zone", Width::NotNarrower, TypeChange::Free},
    {"time with time zone", "time with time zone", Width::NotNarrower, TypeChange::Free},
    {"interval", "interval", Width::NotNarrower, TypeChange::Free},
    {"timestamp without time zone", "timestamp with time zone", Width::NotNarrower,
     TypeChange::ByTimeZone},
    {"timestamp with time zone", "timestamp without time zone", Width::NotNarrower,
     TypeChange::ByTimeZone},
    {"cidr", "inet", Width::Any, TypeChange::Free},
    {"xml", "text", Width::Any, TypeChange::Free},
    {"xml", "character varying", Width::Unlimited, TypeChange::Free},
    {"xml", "bpchar", Width::Any, TypeChange::Free},
    {"character", "bpchar", Width::Any, TypeChange::Free},
    {"text", "bpchar", Width::Any, TypeChange::RebuildsIndexes},
    {"character varying", "bpchar", Width::Any, TypeChange::RebuildsIndexes},
    {"regproc", "regprocedure", Width::Any, TypeChange::Free},
    {"regprocedure", "regproc", Width::Any, TypeChange::Free},
    {"regoper", "regoperator", Width::Any, TypeChange::Free},
    {"regoperator", "regoper", Width::Any, TypeChange::Free},
};

bool holds(Width width, TypeParts const& from, TypeParts const& to) {
  switch (width) {
    case Width::Any:
      return true;
    case Width::NotNarrower:
      return to.first >= from.first;
    case Width::Unlimited:
      return to.first == unlimited;
  }
  return false;
}

bool is_text_like(std::string_view base) {
  return base == "text" || base == "character varying";
}

bool is_citext(std::string_view base) {
  return base == "citext" || base.ends_with(".citext");
}

/// The extension citext stores text, and compares it differently.
bool is_citext_pair(TypeParts const& from, TypeParts const& to) {
  return (is_text_like(from.base) && is_citext(to.base)) ||
         (is_citext(from.base) && is_text_like(to.base) && to.first == unlimited);
}

/// oid and what PostgreSQL shows by name: all of them are stored as oid is, and sorted by it.
bool is_oid(std::string_view base) {
  constexpr std::string_view all[] = {"oid",           "regclass",     "regcollation", "regconfig",
                                      "regdictionary", "regnamespace", "regoperator",  "regoper",
                                      "regproc",       "regprocedure", "regrole",      "regtype"};
  return std::ranges::find(all, base) != std::end(all);
}

std::optional<TypeChange> oid_change(std::string_view from, std::string_view to) {
  if ((from == "integer" && is_oid(to)) || (is_oid(from) && to == "integer")) {
    return TypeChange::RebuildsIndexes;
  }
  bool const plain = (from == "oid" && is_oid(to)) || (is_oid(from) && to == "oid");
  return plain ? std::optional(TypeChange::Free) : std::nullopt;
}

std::optional<TypeChange> numeric_change(TypeParts const& from, TypeParts const& to) {
  if (from.base != "numeric" || to.base != "numeric") {
    return std::nullopt;
  }
  bool const free = to.first == unlimited || (to.first >= from.first && to.second == from.second);
  return free ? TypeChange::Free : TypeChange::Rewrites;
}

}  // namespace

bool is_shipped_type(std::string_view type) {
  return type.find('.') == std::string_view::npos;  // the catalog gives others their schema
}

bool is_utc(std::string_view time_zone) {
  constexpr std::string_view zones[] = {
      "utc",       "etc/utc",  "gmt",       "etc/gmt",       "uct",
      "etc/uct",   "zulu",     "etc/zulu",  "universal",     "etc/universal",
      "gmt0",      "etc/gmt0", "greenwich", "etc/greenwich", "etc/gmt+0",
      "etc/gmt-0", "utc0",     "0",         "+00",           "+00:00"};
  std::string lower(time_zone);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char one) { return static_cast<char>(std::tolower(one)); });
  return std::ranges::find(zones, lower) != std::end(zones);
}

TypeChange type_change(std::string_view from, std::string_view to) {
  if (from == to) {
    return TypeChange::Free;
  }
  TypeParts const old_type = type_parts(from);
  TypeParts const new_type = type_parts(to);
  if (is_citext_pair(old_type, new_type)) {
    return TypeChange::RebuildsIndexes;
  }
  if (!is_shipped_type(from) || !is_shipped_type(to)) {
    return TypeChange::Unknown;
  }
  if (old_type.array || new_type.array) {  // whose elements are looked at only to shorten them
    bool const free = old_type.array && new_type.array && old_type.base == new_type.base &&
                      to.find('(') == std::string_view::npos;
    return free ? TypeChange::Free : TypeChange::Rewrites;
  }
  if (auto const oid = oid_change(old_type.base, new_type.base)) {
    return *oid;
  }
  if (auto const numeric = numeric_change(old_type, new_type)) {
    return *numeric;
  }
  for (Pair const& pair : pairs) {
    if (pair.from == old_type.base && pair.to == new_type.base &&
        holds(pair.width, old_type, new_type)) {
      return pair.change;
    }
  }
  return TypeChange::Rewrites;
}

}  // namespace bellows::locks
