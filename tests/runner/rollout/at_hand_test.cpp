#include "runner/rollout/at_hand.hpp"

#include <gtest/gtest.h>

namespace bellows::runner::at_hand_test {
namespace {

plan::Step gate(std::string id) {
  plan::Step step;
  step.id = std::move(id);
  step.action = plan::Gate();
  return step;
}

plan::Step swap() {
  plan::Step step;
  step.id = "swap";
  step.action = plan::RunSql{{"SELECT 1"}, false};
  return step;
}

/// Of a contract with two gates before its only step.
std::string at(std::map<std::string, StepState> const& journaled, std::string const& said = "") {
  plan::Plan plan;
  plan.contract = {gate("one"), gate("two"), swap()};
  plan::Step const* step = step_at_hand(plan, Phase::Contract, journaled, said);
  return step == nullptr ? "" : step->id;
}

TEST(AtHand, TheFirstOneWhereNobodySaysAnything) {
  EXPECT_EQ(at({}), "one");
}

TEST(AtHand, TheOneThatTheRunItselfNames) {
  EXPECT_EQ(at({}, "two"), "two");
  EXPECT_EQ(at({}, "swap"), "swap");
  EXPECT_EQ(at({}, "copy"), "one") << "which is of another phase";
}

TEST(AtHand, AGateIsOverOnceAStepBehindItHasBegun) {
  EXPECT_EQ(at({{"swap", StepState::Began}}), "swap");
  EXPECT_EQ(at({{"one", StepState::Done}}), "two") << "forced";
  EXPECT_EQ(at({{"swap", StepState::Done}}), "");
}

}  // namespace
}  // namespace bellows::runner::at_hand_test
