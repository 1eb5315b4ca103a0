#include "planner/plan/yaml_text.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace bellows::plan::yaml_text_test {
namespace {

/// The same document, written by us and by yaml-cpp.
class Both {
 public:
  void map(int depth) {
    ours.open_map();
    theirs << YAML::BeginMap;
    members(depth);
    ours.close_map();
    theirs << YAML::EndMap;
  }

  void document() {
    theirs.SetMapFormat(YAML::Block);
    theirs << YAML::BeginMap;
    members(4);
    theirs << YAML::EndMap;
  }

  YamlText ours;
  YAML::Emitter theirs;

 private:
  std::size_t some(std::size_t most) { return 1 + random_() % most; }

  std::string text() {
    static std::vector<std::string> const parts = {
        "a", "SELECT", " ", "1", "\n", "\n\n", ": ",   " #", "'",  "\"", "\\", "-",   "{", ",",
        "]", "\t",     "…", "é", "|",  "x",    "null", "~",  "::", "*",  "\r", "\n ", "$1"};
    std::string text;
    for (std::size_t length = some(9); length > 0; --length) {
      text += parts[random_() % parts.size()];
    }
    return text;
  }

  std::string name() {
    static std::vector<std::string> const names = {"id",           "null",
                                                   "public.t",     "public.\"T, {x}\"",
                                                   "a/requires-1", "ACCESS EXCLUSIVE",
                                                   "a: b",         "é",
                                                   "x#1",          "[",
                                                   "a\nb",         "true",
                                                   " a",           "-"};
    return names[random_() % names.size()];
  }

  void members(int depth) {
    for (std::size_t count = some(4); count > 0; --count) {
      if (random_() % 3 == 0) {
        std::string const key = name() + std::to_string(count);
        ours.key_named(key);
        theirs << YAML::Key << key << YAML::Value;
      } else {
        ours.key("key");
        theirs << YAML::Key << "key" << YAML::Value;
      }
      value(depth);
    }
  }

  void value(int depth) {
    switch (random_() % (depth == 0 ? 4 : 6)) {
      case 0:
        return in_brackets();
      case 1:
        return in_braces();
      case 2:
      case 3:
        return one(text());
      case 4:
        return map(depth - 1);
      default:
        return list(depth - 1);
    }
  }

  void one(std::string const& text) {
    ours.value(text);
    bool const lines = text.find('\n') != std::string::npos;
    bool const block = lines && text.front() != ' ' && text.front() != '\n' &&
                       text.front() != '\t' && text.back() != '\n' &&
                       text.find('\r') == std::string::npos;
    if (lines) {
      theirs << (block ? YAML::Literal : YAML::DoubleQuoted);
    }
    theirs << text;
  }

  void list(int depth) {
    ours.open_list();
    theirs << YAML::BeginSeq;
    for (std::size_t count = some(3); count > 0; --count) {
      ours.item();
      if (random_() % 2 == 0) {
        map(depth);
      } else {
        one(text());
      }
    }
    ours.close_list();
    theirs << YAML::EndSeq;
  }

  void in_brackets() {
    std::vector<std::string> names;
    theirs << YAML::Flow << YAML::BeginSeq;
    for (std::size_t count = random_() % 3; count > 0; --count) {
      names.push_back(name());
      theirs << names.back();
    }
    theirs << YAML::EndSeq;
    ours.names(names);
  }

  void in_braces() {
    std::vector<std::pair<std::string, std::string>> pairs;
    theirs << YAML::Flow << YAML::BeginMap;
    for (std::size_t count = some(3); count > 0; --count) {
      pairs.emplace_back(name(), name());
      theirs << YAML::Key << pairs.back().first << YAML::Value << pairs.back().second;
    }
    theirs << YAML::EndMap;
    ours.pairs(pairs);
  }

  static std::mt19937 random_;
};

std::mt19937 Both::random_{20261130};  // NOLINT: the same documents each time

TEST(YamlText, IsWhatTheLibraryWouldWrite) {
  for (int i = 0; i < 3'000; ++i) {
    Both both;
    both.document();
    ASSERT_EQ(both.ours.take(), both.theirs.c_str());
  }
}

}  // namespace
}  // namespace bellows::plan::yaml_text_test
