#include "planner/locks/mode.hpp"

#include <gtest/gtest.h>

namespace bellows::locks::mode_test {
namespace {

TEST(Mode, ReadsBackItsName) {
  for (int i = 0; i < 8; ++i) {
    auto const mode = static_cast<Mode>(i);
    EXPECT_EQ(mode_from(to_string(mode)), mode);
  }
  EXPECT_EQ(mode_from("access exclusive"), std::nullopt);
}

TEST(Mode, BlocksWhatTheManualSays) {
  EXPECT_FALSE(blocks_writes(Mode::ShareUpdateExclusive));
  EXPECT_TRUE(blocks_writes(Mode::Share));
  EXPECT_FALSE(blocks_reads(Mode::Exclusive));
  EXPECT_TRUE(blocks_reads(Mode::AccessExclusive));
  EXPECT_FALSE(conflict(Mode::Share, Mode::Share));
  EXPECT_TRUE(conflict(Mode::ShareUpdateExclusive, Mode::ShareUpdateExclusive));
  EXPECT_TRUE(conflict(Mode::RowShare, Mode::Exclusive));
  EXPECT_FALSE(conflict(Mode::RowShare, Mode::ShareRowExclusive));
}

}  // namespace
}  // namespace bellows::locks::mode_test
