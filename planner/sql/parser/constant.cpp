#include "planner/sql/parser/constant.hpp"

#include "planner/sql/moment.hpp"
#include "planner/sql/parser/type_name.hpp"

#include <algorithm>
#include <charconv>

namespace bellows::sql {

namespace {

enum class Family : std::uint8_t { Integer, Date, Timestamp, TimestampTz, Text, Other };

Family family_of(std::string_view type) {
  struct Row {
    std::string_view type;
    Family family;
  };
  constexpr Row rows[] = {
      {"smallint", Family::Integer},
      {"integer", Family::Integer},
      {"bigint", Family::Integer},
      {"date", Family::Date},
      {"timestamp without time zone", Family::Timestamp},
      {"timestamp with time zone", Family::TimestampTz},
      {"text", Family::Text},
  };
  if (type.starts_with("character varying")) {
    return Family::Text;
  }
  auto const* found = std::ranges::find(rows, type, &Row::type);
  return found == std::end(rows) ? Family::Other : found->family;
}

/// A cast to another family may change the value, or the operator.
bool fits(Constant const& constant, std::string_view type) {
  if (constant.cast.empty()) {
    return true;
  }
  Family const own = family_of(type);
  return own == Family::Other ? constant.cast == type : family_of(constant.cast) == own;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const all = error == std::errc() && end == text.data() + text.size();
  return all ? std::optional(value) : std::nullopt;
}

/// A number in which the values of the family are ordered.
std::optional<std::int64_t> rank(Constant const& constant, Family family) {
  switch (family) {
    case Family::Integer:
      return whole_number(constant.text);
    case Family::Date:
      return date_rank(constant.text);
    case Family::Timestamp:
      return timestamp_rank(constant.text);
    case Family::TimestampTz:
      return timestamptz_rank(constant.text);
    case Family::Text:
    case Family::Other:
      return std::nullopt;
  }
  return std::nullopt;
}

/// What needs no parser: a whole number, and a text in quotes without any inside. Most bounds are.
std::optional<Constant> plain_constant(std::string_view text) {
  std::string_view const inside = text.size() < 2 ? "" : text.substr(1, text.size() - 2);
  bool const quoted = text.size() >= 2 && text.front() == '\'' && text.back() == '\'' &&
                      inside.find('\'') == std::string_view::npos;
  if (quoted) {
    return Constant{Constant::Kind::Text, std::string(inside), ""};
  }
  bool const short_number =
      !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == text.npos;
  return short_number ? std::optional(Constant{Constant::Kind::Number, std::string(text), ""})
                      : std::nullopt;
}

}  // namespace

std::optional<Constant> constant_of(Node const& node) {
  if (auto const* cast = tree::as<TypeCast>(&node)) {
    std::optional<Constant> inner = constant_of(*cast->arg);
    if (!inner || !inner->cast.empty()) {
      return std::nullopt;  // 'x'::a::b is computed
    }
    inner->cast = type_name(*cast->typeName).text;
    return inner;
  }
  auto const* constant = tree::as<A_Const>(&node);
  if (constant == nullptr) {
    return std::nullopt;
  }
  if (constant->isnull) {
    return Constant{};
  }
  if (auto const* number = tree::as<Integer>(&constant->val)) {
    return Constant{Constant::Kind::Number, std::to_string(number->ival), ""};
  }
  if (auto const* number = tree::as<Float>(&constant->val)) {
    return Constant{Constant::Kind::Number, number->fval, ""};
  }
  if (auto const* text = tree::as<String>(&constant->val)) {
    return Constant{Constant::Kind::Text, text->sval, ""};
  }
  return std::nullopt;  // true, B'101'
}

std::optional<Constant> constant_in(std::string const& text) {
  if (std::optional<Constant> plain = plain_constant(text)) {
    return plain;
  }
  tree::Parsed const parsed = tree::parse("SELECT " + text);
  auto const* select = tree::as<SelectStmt>(parsed.only());
  auto const targets = tree::items<ResTarget>(select == nullptr ? nullptr : select->targetList);
  bool const one = targets.size() == 1 && targets.front()->val != nullptr;
  return one ? constant_of(*targets.front()->val) : std::nullopt;
}

Order compare(Constant const& a, Constant const& b, std::string_view type) {
  bool const comparable = a.kind != Constant::Kind::Null && b.kind != Constant::Kind::Null &&
                          fits(a, type) && fits(b, type);
  if (!comparable) {
    return Order::Unknown;
  }
  Family const family = family_of(type);
  if (family == Family::Text) {
    return a.text == b.text ? Order::Equal : Order::Different;
  }
  if (family == Family::Other) {
    bool const alike = a.text == b.text && a.kind == b.kind;
    return alike ? Order::Equal : Order::Unknown;
  }
  std::optional<std::int64_t> const left = rank(a, family);
  std::optional<std::int64_t> const right = rank(b, family);
  if (!left || !right) {
    return Order::Unknown;
  }
  return *left < *right ? Order::Less : *left > *right ? Order::Greater : Order::Equal;
}

}  // namespace bellows::sql
