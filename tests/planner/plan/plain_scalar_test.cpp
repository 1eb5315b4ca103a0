#include "planner/plan/plain_scalar.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace bellows::plan::plain_scalar_test {
namespace {

/// What yaml-cpp writes by its own rules is the truth, but for `&`: since 0.8 it is in quotes
/// there, before and here it is not, so that a plan has the same text on every machine.
std::string of_the_library(std::string const& text) {
  YAML::Emitter out;
  out << YAML::BeginMap << YAML::Key << "key" << YAML::Value << text << YAML::EndMap;
  return std::string(out.c_str()).substr(std::string_view("key: ").size());
}

TEST(Scalar, SqlIsWithoutQuotes) {
  for (char const* text :
       {"CREATE INDEX CONCURRENTLY i ON t (lower(a), b) WHERE c > 0.5",
        "SELECT 'a, b' || \"C\" FROM t", "SELECT 'public.t'::regclass, a#>b",
        "ALTER TABLE \u2026 ENABLE ALWAYS TRIGGER", "(a IS DISTINCT FROM b)", "0042_users"}) {
    EXPECT_EQ(scalar(text), text);
  }
}

TEST(Scalar, AColonBeforeABlankAndAHashBehindOneWantQuotes) {
  EXPECT_EQ(scalar("select: \"a\" \\ b"), R"("select: \"a\" \\ b")");
  EXPECT_EQ(scalar("select 1 #2"), "\"select 1 #2\"");
  EXPECT_EQ(scalar("ends in a colon:"), "\"ends in a colon:\"");
  EXPECT_EQ(scalar("ends in space "), "\"ends in space \"");
}

TEST(Scalar, WhatMayMeanSomethingElseIsLeftToTheLibrary) {
  for (char const* text :
       {"", "null", "false", "'quoted' text", "- a bc", "two\nlines here", "a tab\tin it", "*alias",
        "\u00e9t\u00e9 passe", "a\u0085next line", "marked \uFEFF here", "passe: \u00e9t\u00e9"}) {
    EXPECT_EQ(scalar(text), std::nullopt) << text;
  }
}

TEST(Scalar, IsWhatTheLibraryWrites) {
  std::mt19937 random(20261128);  // NOLINT: the same texts each time
  std::vector<std::string> const signs = {
      "a", "Z", "0", "9", " ",  "_",  ".",      ",",      ";",      "(",     ")",
      "=", "<", ">", "+", "-",  "*",  "/",      "%",      "'",      ":",     "#",
      ":", " ", "~", "$", "[",  "]",  "{",      "}",      "&",      "!",     "\t",
      "|", "?", "@", "`", "\\", "\"", "\u2026", "\u00e9", "\u0085", "\uFEFF"};
  int known = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    for (std::size_t length = 6 + random() % 12; text.size() < length;) {
      text += signs[random() % (i % 2 == 0 ? 24 : signs.size())];
    }
    if (auto const written = scalar(text)) {
      ++known;
      ASSERT_EQ(YAML::Load("key: " + *written)["key"].Scalar(), text);
      if (text.find('&') == std::string::npos) {
        ASSERT_EQ(*written, of_the_library(text));
      }
    }
  }
  EXPECT_GT(known, 1'000);
}

/// In every place that a name has in a plan.
std::string with_names_of_the_library(std::string const& name) {
  YAML::Emitter out;
  out << YAML::BeginMap << YAML::Key << name << YAML::Value << name;
  out << YAML::Key << "list" << YAML::Value << YAML::Flow << YAML::BeginSeq << name << name
      << YAML::EndSeq;
  out << YAML::Key << "map" << YAML::Value << YAML::Flow << YAML::BeginMap << YAML::Key << name
      << YAML::Value << name << YAML::EndMap << YAML::EndMap;
  return out.c_str();
}

TEST(PlainName, IsWhatTheLibraryWrites) {
  std::mt19937 random(20261130);  // NOLINT: the same names each time
  constexpr std::string_view signs = "aZ09_.-/ nulNUL";
  std::vector<std::string> names = {"null", "NULL", "Null", "nULL", "true", "yes", "n",    "y",
                                    "on",   "id",   "NaN",  "a-",   "a.b",  "x#",  "a: b", ""};
  for (int i = 0; i < 2'000; ++i) {
    std::string name;
    for (std::size_t length = 1 + random() % 6; name.size() < length;) {
      name += signs[random() % signs.size()];
    }
    names.push_back(name);
  }
  int plain = 0;
  for (std::string const& n : names) {
    if (is_plain_name(n)) {
      ++plain;
      ASSERT_EQ(with_names_of_the_library(n),
                n + ": " + n + "\nlist: [" + n + ", " + n + "]\nmap: {" + n + ": " + n + "}");
    }
  }
  EXPECT_GT(plain, 500);
  EXPECT_TRUE(is_plain_name("20260301090000_a"));
  EXPECT_FALSE(is_plain_name("null"));
  EXPECT_FALSE(is_plain_name("public.\"T\""));
  EXPECT_FALSE(is_plain_name(""));
}

}  // namespace
}  // namespace bellows::plan::plain_scalar_test
