#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// A JSON document that is written as it comes, so that nobody has to hold all of it: two spaces a
/// level, as nlohmann::json::dump(2) has it.
namespace bellows::runner {

/// In double quotes. Bytes that are not UTF-8 are written as U+FFFD: a migration need not be UTF-8,
/// JSON must be.
std::string json_string(std::string_view text);

/// That what is opened is closed, and that each value in an object has its key, is the caller's to
/// see to.
class JsonText {
 public:
  void open_object() { open('{'); }
  void close_object() { close('}'); }
  void open_array() { open('['); }
  void close_array() { close(']'); }
  void key(std::string_view name);

  void value(std::string_view text) { raw(json_string(text)); }
  void value(double number);
  template <std::integral Number>  // or bool
  void value(Number number) {
    raw(std::is_same_v<Number, bool> ? (number ? "true" : "false") : std::to_string(number));
  }
  template <typename Text>
  void value(std::vector<Text> const& texts) {
    open_array();
    for (std::string_view const text : texts) {
      value(text);
    }
    close_array();
  }
  void null() { raw("null"); }

  template <typename Value>
  void member(std::string_view name, Value const& its_value) {
    key(name);
    value(its_value);
  }

  /// What was written since the last time.
  std::string take();

 private:
  void open(char bracket);
  void close(char bracket);
  void raw(std::string_view text);
  void begin_element();
  void begin_line();

  std::string text_;
  std::size_t depth_ = 0;
  bool empty_ = true;       // the innermost that is open
  bool after_key_ = false;  // which stands on the line already
};

}  // namespace bellows::runner
