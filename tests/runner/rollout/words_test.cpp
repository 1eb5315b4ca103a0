#include "runner/rollout/words.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bellows::runner::words_test {
namespace {

plan::Step step(std::string id, std::vector<std::string> statements) {
  plan::Step one;
  one.id = std::move(id);
  one.action = plan::RunSql{.statements = std::move(statements), .alone = false};
  return one;
}

TEST(Words, AFilesOwnStatementsAreCalledByThemselves) {
  EXPECT_EQ(in_words(step("run", {"CREATE TABLE t (id int)"})), "`CREATE TABLE t (id int)`");
  EXPECT_EQ(in_words(step("run-2", {"CREATE INDEX\n  i", "SELECT 1", "SELECT 2"})),
            "the 3 statements from `CREATE INDEX i` on");
  std::string const longest = in_words(step("run-13", {std::string(59, 'x') + "äb"}));
  EXPECT_EQ(longest, "`" + std::string(59, 'x') + "…`") << "no half of a character";
}

TEST(Words, WhatBellowsPlannedIsAStep) {
  EXPECT_EQ(in_words(step("swap", {"SELECT 1"})), "step swap");
  EXPECT_EQ(in_words(step("run-up", {"SELECT 1"})), "step run-up");
  EXPECT_EQ(in_words(step("runs", {"SELECT 1"})), "step runs");
  plan::Plan plan;
  plan.expand = {step("run", {"SELECT 1"})};
  EXPECT_EQ(step_in_words(plan, "run"), "`SELECT 1`");
  EXPECT_EQ(step_in_words(plan, "gone"), "step gone");
}

TEST(Words, OnlyWhatWasSplitIsContracted) {
  EXPECT_EQ(state_in_words(State::Contracted, true), "contracted");
  EXPECT_EQ(state_in_words(State::Contracted, false), "done");
  EXPECT_EQ(state_in_words(State::Failed, false), "failed");
}

}  // namespace
}  // namespace bellows::runner::words_test
