#include "runner/cli/write_plan.hpp"

#include <gtest/gtest.h>

namespace bellows::runner::write_plan_test {
namespace {

TEST(SealedPlan, IsAsWrittenUntilSomebodyEditsIt) {
  std::string const text = sealed("bellows: 1\nmigration: 1_a\n");
  EXPECT_TRUE(is_as_written(text));
  EXPECT_TRUE(is_as_written("bellows: 1\r\nmigration: 1_a\r\n" + text.substr(text.find('#'))));
  EXPECT_FALSE(is_as_written("bellows: 1\nmigration: 1_b\n" + text.substr(text.find('#'))));
  EXPECT_FALSE(is_as_written(text + "expand: []\n"));
  EXPECT_FALSE(is_as_written("bellows: 1\nmigration: 1_a\n"));
  EXPECT_FALSE(is_as_written(""));
}

}  // namespace
}  // namespace bellows::runner::write_plan_test
