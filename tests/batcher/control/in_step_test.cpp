#include "batcher/control/in_step.hpp"

#include <gtest/gtest.h>

#include <future>
#include <string>

namespace bellows::batcher::in_step_test {
namespace {

using namespace std::chrono_literals;

constexpr auto for_ever =
    1h;  // a wait that should not have been begun ends the test by its timeout

bool never() {
  return false;
}

TEST(InStep, OneLaneNeverWaits) {
  InStep steps;
  steps.await_older(0, for_ever, never);
  steps.begins(0);
  steps.ends(0);
  steps.await_older(0, for_ever, never);
}

TEST(InStep, WaitsForABatchThatWasUnderWayAsItsOwnEnded) {
  InStep steps;
  steps.begins(1);
  steps.begins(0);
  steps.ends(0);
  std::mutex mutex;
  std::string order;
  auto const note = [&](char what) {
    std::lock_guard const lock(mutex);
    order += what;
  };
  auto const waiting = std::async(std::launch::async, [&] {
    steps.await_older(0, for_ever, never);
    note('w');
  });
  note('e');
  steps.ends(1);
  waiting.wait();
  EXPECT_EQ(order, "ew");
}

TEST(InStep, DoesNotWaitForBatchesThatBeganLater) {
  InStep steps;
  steps.begins(0);
  steps.ends(0);
  steps.begins(1);
  steps.await_older(0, for_ever, never);
  steps.begins(0);
  steps.begins(2);
  steps.ends(0);
  steps.ends(1);
  steps.begins(1);
  steps.ends(2);
  steps.await_older(0, for_ever, never);
}

TEST(InStep, GivesUpAfterTheTime) {
  InStep steps;
  steps.begins(1);
  steps.begins(0);
  steps.ends(0);
  steps.await_older(0, 0us, never);
}

TEST(InStep, GivesUpWhenThereIsNoNeedAnyMore) {
  InStep steps;
  steps.begins(1);
  steps.begins(0);
  steps.ends(0);
  int asked = 0;
  steps.await_older(0, for_ever, [&] { return ++asked == 3; });
  EXPECT_EQ(asked, 3);
}

TEST(InStep, AnEndThatIsToldTwiceChangesNothing) {
  InStep steps;
  steps.begins(0);
  steps.ends(0);
  steps.begins(1);
  steps.ends(0);
  steps.await_older(0, for_ever, never);
}

}  // namespace
}  // namespace bellows::batcher::in_step_test
