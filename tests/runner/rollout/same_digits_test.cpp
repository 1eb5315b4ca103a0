#include "runner/rollout/same_digits.hpp"

#include <gtest/gtest.h>

namespace bellows::runner::same_digits_test {
namespace {

using Names = std::vector<std::string>;

constexpr char const* behind =
    ": bellows runs them in that order, by name, and other tools may not; where it matters, rename "
    "one before it has run";

TEST(SameDigits, AreToldInTheOrderInWhichTheyRun) {
  Names const names{"1_a", "1_b", "2_c", "03_d", "3_e", "x", "y"};
  EXPECT_EQ(same_digits(names, names),
            std::string("the same digits begin 1_a, 1_b; 03_d, 3_e") + behind);
  EXPECT_EQ(same_digits(names, {"1_b"}), std::string("the same digits begin 1_a, 1_b") + behind);
}

TEST(SameDigits, AreNoMatterOfOthers) {
  Names const names{"0_a", "00_b", "1_b", "10_c", "x", "y"};
  EXPECT_EQ(same_digits(names, {"1_b", "10_c", "x", "y"}), "");
  EXPECT_EQ(same_digits(names, {}), "");
  EXPECT_EQ(same_digits(names, {"0_a"}), std::string("the same digits begin 0_a, 00_b") + behind);
}

}  // namespace
}  // namespace bellows::runner::same_digits_test
