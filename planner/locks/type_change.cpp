#include "planner/locks/type_change.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <optional>
#include <string>

namespace bellows::locks {

namespace {

constexpr int unlimited = std::numeric_limits<int>::max();

/// "numeric(10,2)" is numeric, 10, 2; "timestamp(3) without time zone" keeps what is behind.
struct Parts {
  std::string base;
  int first = unlimited;
  int second = 0;
  bool array = false;
};

Parts parts_of(std::string_view text) {
  Parts parts;
  parts.array = text.ends_with("[]");
  if (parts.array) {
    text.remove_suffix(2);
  }
  std::size_t const open = text.find('(');
  std::size_t const close = text.find(')');
  if (open == std::string_view::npos || close == std::string_view::npos) {
    parts.base = text;
    return parts;
  }
  parts.base = std::string(text.substr(0, open)) + std::string(text.substr(close + 1));
  std::string_view const inside = text.substr(open + 1, close - open - 1);
  char const* const end = inside.data() + inside.size();
  auto const [next, error] = std::from_chars(inside.data(), end, parts.first);
  if (error == std::errc{} && next != end && *next == ',') {
    std::from_chars(next + 1, end, parts.second);
  }
  return parts;
}

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
    {"bit", "bit varying", Width::NotNarrower, TypeChange::Free},
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
    {"integer", "oid", Width::Any, TypeChange::RebuildsIndexes},
    {"oid", "integer", Width::Any, TypeChange::RebuildsIndexes},
    {"oid", "regclass", Width::Any, TypeChange::RebuildsIndexes},
    {"regclass", "oid", Width::Any, TypeChange::RebuildsIndexes},
};

bool holds(Width width, Parts const& from, Parts const& to) {
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
bool is_citext_pair(Parts const& from, Parts const& to) {
  return (is_text_like(from.base) && is_citext(to.base)) ||
         (is_citext(from.base) && is_text_like(to.base) && to.first == unlimited);
}

/// Without a precision, time has the greatest there is: six digits.
void fill_precision(Parts& parts) {
  bool const time = parts.base.starts_with("time") || parts.base == "interval";
  if (time && parts.first == unlimited) {
    parts.first = 6;
  }
}

std::optional<TypeChange> numeric_change(Parts const& from, Parts const& to) {
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
  Parts old_type = parts_of(from);
  Parts new_type = parts_of(to);
  fill_precision(old_type);
  fill_precision(new_type);
  if (is_citext_pair(old_type, new_type)) {
    return TypeChange::RebuildsIndexes;
  }
  if (!is_shipped_type(from) || !is_shipped_type(to)) {
    return TypeChange::Unknown;
  }
  if (old_type.array || new_type.array) {
    return TypeChange::Rewrites;
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
