#include "planner/plan/plain_scalar.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <random>
#include <string>

namespace bellows::plan {
namespace {

/// What yaml-cpp writes and reads back by its own rules is the truth.
bool is_plain_to_the_library(std::string const& text) {
  YAML::Emitter out;
  out << YAML::BeginMap << YAML::Key << "key" << YAML::Value << text << YAML::EndMap;
  return std::string(out.c_str()) == "key: " + text;
}

TEST(PlainScalar, SqlIsWithoutQuotes) {
  EXPECT_TRUE(is_plain("CREATE INDEX CONCURRENTLY i ON t (lower(a), b) WHERE c > 0.5"));
  EXPECT_TRUE(is_plain("SELECT 'a, b' || \"C\" FROM t"));
}

TEST(PlainScalar, WhatMayMeanSomethingElseIsLeftToTheLibrary) {
  for (char const* text :
       {"", "null", "false", "a: b of c", "select 1 #2", "'quoted' text", "- a bc",
        "ends in space ", "two\nlines here", "*alias", "\u00e9t\u00e9 passe"}) {
    EXPECT_FALSE(is_plain(text)) << text;
  }
}

TEST(PlainScalar, IsNeverWhatTheLibraryWouldQuote) {
  std::mt19937 random(20261128);  // NOLINT: the same texts each time
  constexpr std::string_view signs = "aZ09 _.,;()=<>+-*/%'\"$~:#[]{}&!|?@`\t";
  int plain = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    for (std::size_t length = 6 + random() % 12; text.size() < length;) {
      text += signs[random() % (i % 2 == 0 ? 22 : signs.size())];
    }
    if (is_plain(text)) {
      ++plain;
      ASSERT_TRUE(is_plain_to_the_library(text)) << text;
    }
  }
  EXPECT_GT(plain, 1'000);
}

}  // namespace
}  // namespace bellows::plan
