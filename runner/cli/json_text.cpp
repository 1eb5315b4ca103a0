#include "runner/cli/json_text.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace bellows::runner {
namespace {

/// What is behind the backslash, where one is enough; 0 where there is none.
char short_escape(char c) {
  switch (c) {
    case '\n':
      return 'n';
    case '\t':
      return 't';
    case '"':
    case '\\':
      return c;
    default:
      return 0;
  }
}

/// As far as it is ASCII and what SQL is made of; false: there is more in it.
bool append_simple(std::string& out, std::string_view text) {
  for (char const c : text) {
    if (char const escape = short_escape(c); escape != 0) {
      out += {'\\', escape};
    } else if (c >= ' ' && c <= '~') {
      out += c;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string quoted;
  quoted.reserve(text.size() + text.size() / 8 + 2);
  quoted += '"';
  if (append_simple(quoted, text)) {
    return quoted += '"';
  }
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void JsonText::key(std::string_view name) {
  begin_element();
  text_ += json_string(name);
  text_ += ": ";
  after_key_ = true;
}

void JsonText::value(double number) {
  raw(nlohmann::json(number).dump());
}

std::string JsonText::take() {
  return std::exchange(text_, {});
}

void JsonText::open(char bracket) {
  raw({&bracket, 1});
  ++depth_;
  empty_ = true;
}

void JsonText::close(char bracket) {
  --depth_;
  if (!empty_) {
    begin_line();
  }
  text_ += bracket;
  empty_ = false;  // what it is in
}

void JsonText::raw(std::string_view text) {
  begin_element();
  text_ += text;
}

void JsonText::begin_element() {
  if (std::exchange(after_key_, false) || depth_ == 0) {
    return;
  }
  if (!std::exchange(empty_, false)) {
    text_ += ',';
  }
  begin_line();
}

void JsonText::begin_line() {
  text_ += '\n';
  text_.append(2 * depth_, ' ');
}

}  // namespace bellows::runner
