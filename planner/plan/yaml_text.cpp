#include "planner/plan/yaml_text.hpp"

#include "planner/plan/plain_scalar.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace bellows::plan {
namespace {

/// A block reads back as it is. Its indentation is read off the first line, so it can't begin with
/// a space; a line end of another system and other control characters would be lost.
bool fits_block(std::string_view value) {
  constexpr std::string_view blank = " \t\n";
  return blank.find(value.front()) == std::string_view::npos && value.back() != '\n' &&
         std::ranges::none_of(value, [](char c) {
           return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
         });
}

std::string emitted(std::string_view text, bool quoted) {
  YAML::Emitter out;
  if (quoted) {
    out << YAML::DoubleQuoted;
  }
  out << std::string(text);
  return out.c_str();
}

/// In brackets and braces, where commas and brackets end a plain one.
std::string flow_name(std::string_view name) {
  if (is_plain_name(name)) {
    return std::string(name);
  }
  YAML::Emitter out;
  out << YAML::Flow << YAML::BeginSeq << std::string(name) << YAML::EndSeq;
  std::string_view const list = out.c_str();
  return std::string(list.substr(1, list.size() - 2));
}

std::string line_scalar(std::string_view text) {
  if (is_plain_name(text)) {
    return std::string(text);
  }
  if (auto known = scalar(text)) {
    return std::move(*known);
  }
  return emitted(text, false);
}

}  // namespace

void YamlText::key(std::string_view plain) {
  begin_line();
  text_ += plain;
  text_ += ':';
  after_key_ = true;
}

void YamlText::key_named(std::string_view name) {
  key(line_scalar(name));
}

void YamlText::item() {
  begin_line();
  text_ += "- ";
  after_dash_ = true;
}

void YamlText::value(std::string_view text) {
  if (text.find('\n') == std::string_view::npos) {
    return plain(line_scalar(text));
  }
  if (fits_block(text)) {
    return block(text);
  }
  plain(emitted(text, true));
}

void YamlText::plain(std::string_view text) {
  if (after_key_) {
    text_ += ' ';
  }
  after_key_ = after_dash_ = false;
  text_ += text;
}

void YamlText::names(std::vector<std::string> const& names) {
  std::string list;
  for (std::string const& name : names) {
    list += (list.empty() ? "" : ", ") + flow_name(name);
  }
  plain("[" + list + "]");
}

void YamlText::pairs(std::vector<std::pair<std::string, std::string>> const& pairs) {
  std::string map;
  for (auto const& [name, its_value] : pairs) {
    map += (map.empty() ? "" : ", ") + flow_name(name) + ": " + flow_name(its_value);
  }
  plain("{" + map + "}");
}

void YamlText::begin_line() {
  after_key_ = false;
  if (std::exchange(after_dash_, false)) {
    return;
  }
  if (!text_.empty()) {
    text_ += '\n';
  }
  text_.append(indent_, ' ');
}

void YamlText::block(std::string_view text) {
  std::size_t const indent = indent_ + 2;
  plain("|");
  for (std::size_t begin = 0; begin <= text.size();) {
    std::size_t const end = std::min(text.find('\n', begin), text.size());
    text_ += '\n';
    if (end > begin) {
      text_.append(indent, ' ');
      text_ += text.substr(begin, end - begin);
    }
    begin = end + 1;
  }
}

}  // namespace bellows::plan
