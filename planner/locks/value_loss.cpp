#include "planner/locks/value_loss.hpp"

#include "planner/locks/retyping.hpp"
#include "planner/locks/type_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::locks {

namespace {

bool is_one_of(std::string_view base, std::initializer_list<std::string_view> all) {
  return std::ranges::find(all, base) != all.end();
}

bool is_timestamp(std::string_view base) {
  return base.starts_with("timestamp");
}

bool is_time(std::string_view base) {
  return base.starts_with("time ");
}

bool is_whole(std::string_view base) {
  return is_one_of(base, {"smallint", "integer", "bigint"});
}

bool is_floating(std::string_view base) {
  return is_one_of(base, {"real", "double precision"});
}

std::string cut_length(TypeParts const& from, TypeParts const& to) {
  bool const text = is_one_of(to.base, {"character varying", "character"});
  bool const bits = is_one_of(to.base, {"bit varying", "bit"});
  int const length =
      to.base == "character" || to.base == "bit" ? std::min(to.first, from.first) : to.first;
  bool const shorter = length != unlimited && length < from.first;
  if (!shorter || (!text && !bits)) {
    return "";
  }
  return fmt::format("what is longer than {} {} is cut off", length, text ? "characters" : "bits");
}

std::string lost_time(TypeParts const& from, TypeParts const& to) {
  if (is_timestamp(from.base) && to.base == "date") {
    return "the time of day is cut off";
  }
  if (is_timestamp(from.base) && is_time(to.base)) {
    return "the day is cut off";
  }
  bool const timed = is_timestamp(from.base) || is_time(from.base) || from.base == "interval";
  if (timed && to.first < from.first) {
    return fmt::format("seconds are rounded to {} digits", to.first);
  }
  return from.base == "interval" && to.base.starts_with("interval ")
             ? "the smaller units are cut off"
             : "";
}

std::string lost_digits(TypeParts const& from, TypeParts const& to) {
  bool const fractions = from.base == "numeric" && (from.first == unlimited || from.second > 0);
  if ((fractions || is_floating(from.base)) && is_whole(to.base)) {
    return "fractions are rounded";
  }
  bool const scaled = to.base == "numeric" && to.first != unlimited;
  if (scaled && (is_floating(from.base) ||
                 (fractions && (from.first == unlimited || to.second < from.second)))) {
    return fmt::format("fractions are rounded to {} digits", to.second);
  }
  bool const narrower = is_floating(to.base) && (is_one_of(from.base, {"numeric", "bigint"}) ||
                                                 (to.base == "real" && from.base != to.base &&
                                                  (is_whole(from.base) || is_floating(from.base))));
  bool const exact = from.base == "smallint";
  return narrower && !exact ? "digits that a floating-point number does not hold are lost" : "";
}

}  // namespace

std::string loss_between(std::string_view from, std::string_view to, bool written) {
  TypeParts const source = type_parts(from);
  TypeParts const target = type_parts(to);
  if (source.array || target.array || from == to) {
    return "";
  }
  if (target.base == "name" && source.base != "name") {
    return "what is longer than 63 bytes is cut off";
  }
  if (source.base == "integer" && target.base == "boolean") {
    return "every number but 0 becomes true";
  }
  if (source.base == "inet" && target.base == "cidr") {
    return "what is right of the netmask becomes 0";
  }
  bool const unpadded =
      source.base == "character" && is_one_of(target.base, {"character varying", "text"});
  std::string loss = written ? cut_length(source, target) : "";
  loss = loss.empty() ? lost_time(source, target) : loss;
  loss = loss.empty() ? lost_digits(source, target) : loss;
  return loss.empty() && unpadded ? "blanks at the end are cut off" : loss;
}

std::string loss_on_the_way(Facts const& facts) {
  std::vector<std::string> const types = types_on_the_way(facts);
  for (std::size_t i = 0; i + 1 < types.size(); ++i) {
    bool const written = i + 2 < types.size();
    std::string loss = types[i].empty() ? "" : loss_between(types[i], types[i + 1], written);
    if (!loss.empty()) {
      return loss;
    }
  }
  return "";
}

}  // namespace bellows::locks
