#include "planner/sql/parser/type_name.hpp"

#include <array>
#include <optional>

namespace bellows::sql {

namespace {

/// A type of PostgreSQL's own whose printed name is not its stored one (format_type.c).
struct Shipped {
  std::string_view stored;
  std::string_view printed;
  std::string_view behind;  // what follows the (…)
  bool serial = false;
};

constexpr Shipped shipped_types[] = {
    {"int2", "smallint", ""},
    {"int4", "integer", ""},
    {"int8", "bigint", ""},
    {"float4", "real", ""},
    {"float8", "double precision", ""},
    {"bool", "boolean", ""},
    {"json", "json", ""},
    {"varchar", "character varying", ""},
    {"bpchar", "character", ""},
    {"bit", "bit", ""},
    {"varbit", "bit varying", ""},
    {"numeric", "numeric", ""},
    {"decimal", "numeric", ""},
    {"time", "time", " without time zone"},
    {"timetz", "time", " with time zone"},
    {"timestamp", "timestamp", " without time zone"},
    {"timestamptz", "timestamp", " with time zone"},
    {"serial2", "smallint", "", true},
    {"smallserial", "smallint", "", true},
    {"serial4", "integer", "", true},
    {"serial", "integer", "", true},
    {"serial8", "bigint", "", true},
    {"bigserial", "bigint", "", true},
};

Shipped const* find_shipped(std::string_view stored) {
  for (Shipped const& type : shipped_types) {
    if (type.stored == stored) {
      return &type;
    }
  }
  return nullptr;
}

/// The masks of gram.y's opt_interval (datetime.h: 1 << MONTH, YEAR, DAY, HOUR, MINUTE, SECOND).
std::string_view interval_fields(int mask) {
  struct Fields {
    int mask;
    std::string_view text;
  };
  constexpr int month = 1 << 1, year = 1 << 2, day = 1 << 3, hour = 1 << 10, minute = 1 << 11,
                second = 1 << 12;
  constexpr Fields all[] = {
      {year, " year"},
      {month, " month"},
      {day, " day"},
      {hour, " hour"},
      {minute, " minute"},
      {second, " second"},
      {year | month, " year to month"},
      {day | hour, " day to hour"},
      {day | hour | minute, " day to minute"},
      {day | hour | minute | second, " day to second"},
      {hour | minute, " hour to minute"},
      {hour | minute | second, " hour to second"},
      {minute | second, " minute to second"},
  };
  for (Fields const& fields : all) {
    if (fields.mask == mask) {
      return fields.text;
    }
  }
  return "";
}

std::optional<int> integer_of(Node const* node) {
  auto const* constant = tree::as<A_Const>(node);
  auto const* number =
      constant == nullptr || constant->isnull ? nullptr : tree::as<Integer>(&constant->val);
  return number == nullptr ? std::nullopt : std::optional(number->ival);
}

std::string modifiers_text(::TypeName const& type) {
  if (type.typmods == nullptr) {
    return "";
  }
  std::string text;
  for (Node const* modifier : tree::items(type.typmods)) {
    text += (text.empty() ? "(" : ",") + tree::deparse_expression(*modifier);
  }
  return text + ")";
}

std::string interval_text(::TypeName const& type) {
  auto const modifiers = tree::items(type.typmods);
  std::string text = "interval";
  if (!modifiers.empty()) {
    text += interval_fields(integer_of(modifiers[0]).value_or(0));
  }
  if (modifiers.size() > 1) {
    text += "(" + tree::deparse_expression(*modifiers[1]) + ")";
  }
  return text;
}

std::string shipped_text(Shipped const& shipped, ::TypeName const& type) {
  std::string modifiers = modifiers_text(type);
  if (shipped.stored == "bpchar" && modifiers.empty()) {
    return "bpchar";
  }
  if (shipped.printed == "numeric" && tree::items(type.typmods).size() == 1) {
    modifiers.insert(modifiers.size() - 1, ",0");
  }
  if (shipped.stored == "bit" && modifiers.empty()) {
    modifiers = "(1)";
  }
  return std::string(shipped.printed) + modifiers + std::string(shipped.behind);
}

}  // namespace

TypeName type_name(::TypeName const& type) {
  QualifiedName name = tree::qualified(type.names);
  bool const may_be_shipped = name.schema.empty() || name.schema.raw() == "pg_catalog";
  Shipped const* shipped = may_be_shipped ? find_shipped(name.name.raw()) : nullptr;
  if (name.schema.raw() == "pg_catalog") {
    name.schema = Identifier();
  }
  TypeName result;
  if (may_be_shipped && name.name.raw() == "interval") {
    result.text = interval_text(type);
  } else if (shipped != nullptr) {
    result.text = shipped_text(*shipped, type);
    result.serial = shipped->serial;
  } else {
    result.text = name.quoted() + modifiers_text(type);
  }
  if (type.pct_type) {
    result.text += "%TYPE";
  }
  if (type.arrayBounds != nullptr) {
    result.text += "[]";
  }
  return result;
}

}  // namespace bellows::sql
