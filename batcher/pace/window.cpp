#include "batcher/pace/window.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace bellows::batcher {
namespace {

[[noreturn]] void not_a_time(std::string_view text) {
  throw std::invalid_argument(
      fmt::format("'{}' is not a time of the day; write it like 22:00", text));
}

int digits(std::string_view text, std::string_view whole) {
  int value = -1;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const all = error == std::errc{} && end == text.data() + text.size();
  if (!all || text.empty() || text.size() > 2 || value < 0) {
    not_a_time(whole);
  }
  return value;
}

}  // namespace

int parse_time_of_day(std::string_view text) {
  auto const colon = text.find(':');
  if (colon == std::string_view::npos || text.size() - colon != 3) {
    not_a_time(text);
  }
  int const hour = digits(text.substr(0, colon), text);
  int const minute = digits(text.substr(colon + 1), text);
  if (minute > 59 || hour > 24 || (hour == 24 && minute > 0)) {
    not_a_time(text);
  }
  return (hour * 60 + minute) * 60;
}

Window Window::parse(std::string_view text) {
  Window window;
  while (!text.empty()) {
    auto const comma = std::min(text.find(','), text.size());
    std::string_view const one = text.substr(0, comma);
    auto const dash = one.find('-');
    if (dash == std::string_view::npos) {
      throw std::invalid_argument(
          fmt::format("'{}' is not a time window; write it like 22:00-06:00", one));
    }
    Span const span{parse_time_of_day(one.substr(0, dash)),
                    parse_time_of_day(one.substr(dash + 1))};
    if (span.from == span.upto) {
      throw std::invalid_argument(fmt::format("the window {} has no length", one));
    }
    window.spans_.push_back(span);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return window;
}

bool Window::open_at(int second) const {
  auto const inside = [second](Span const& span) {
    return span.from < span.upto ? second >= span.from && second < span.upto
                                 : second >= span.from || second < span.upto;
  };
  return always() || std::any_of(spans_.begin(), spans_.end(), inside);
}

std::string Window::text() const {
  std::string all;
  for (Span const& span : spans_) {
    all += fmt::format("{}{:02}:{:02}-{:02}:{:02}", all.empty() ? "" : ",", span.from / 3600,
                       span.from / 60 % 60, span.upto / 3600, span.upto / 60 % 60);
  }
  return all;
}

}  // namespace bellows::batcher
