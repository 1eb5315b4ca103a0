#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// YAML as plans are written in: maps and lists as blocks, two spaces a level, each on lines of its
/// own; names in brackets and braces on one. The very text that yaml-cpp would write of it, for
/// which that takes eight times as long.
namespace bellows::plan {

/// What is opened has to be closed, in a map each value has its key before it, and in a list each
/// its item(): that is the caller's to see to.
class YamlText {
 public:
  /// One that is plain, as those of the format are; one that is somebody's name.
  void key(std::string_view plain);
  void key_named(std::string_view name);

  void open_map() { indent_ += 2; }
  void close_map() { indent_ -= 2; }
  void open_list() { indent_ += 2; }
  void close_list() { indent_ -= 2; }
  /// The next one of the list that is open: a value, or a map, which begins on the same line.
  void item();

  /// Whatever stands in a text: plain, in double quotes, or what has lines as a block of lines.
  void value(std::string_view text);
  /// What is known to be plain, a number, a name in a list.
  void plain(std::string_view text);
  /// In brackets.
  void names(std::vector<std::string> const& names);
  /// In braces; the second of each pair is plain, or a name.
  void pairs(std::vector<std::pair<std::string, std::string>> const& pairs);

  std::string take() { return std::move(text_); }

 private:
  void begin_line();
  void block(std::string_view text);

  std::string text_;
  std::size_t indent_ = 0;
  bool after_dash_ = false;
  bool after_key_ = false;
};

}  // namespace bellows::plan
