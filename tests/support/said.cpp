#include "tests/support/said.hpp"

#include <gtest/gtest.h>

namespace bellows::test {

void expect_says(Ran const& ran, int code, std::vector<std::string> const& words) {
  std::string const all = ran.said + ran.answer;
  EXPECT_EQ(ran.code, code) << all;
  for (std::string const& word : words) {
    EXPECT_NE(all.find(word), std::string::npos) << "not said: " << word << "\n" << all;
  }
}

}  // namespace bellows::test
