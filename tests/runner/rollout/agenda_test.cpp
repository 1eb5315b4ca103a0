#include "runner/rollout/agenda.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bellows::runner::agenda_test {
namespace {

Deployment deploying(std::string release,
                     std::vector<Release> by_deployment = {{"1.0", ""}, {"1.1", ""}, {"2", ""}}) {
  return {std::move(release), Releases({"1.0", "1.1", "2"}, std::move(by_deployment))};
}

MigrationRow row(State state, Phase phase, std::string release) {
  MigrationRow row;
  row.name = "1_a";
  row.state = state;
  row.phase = phase;
  row.release = std::move(release);
  return row;
}

TEST(Releases, AreOrderedByWhenTheyWereFirstSeen) {
  Releases const known({"b", "a"}, {});
  EXPECT_TRUE(known.earlier("b", "a"));
  EXPECT_FALSE(known.earlier("a", "b"));
  EXPECT_FALSE(known.earlier("a", "a"));
  EXPECT_TRUE(known.earlier("a", "never seen"));
  EXPECT_FALSE(known.earlier("never seen", "a"));
  EXPECT_EQ(known.newest(), "a");
}

struct Case {
  char const* label;
  State state;
  Phase phase;
  char const* stamp;
  char const* release;  // that is deployed
  Task task;
};

std::vector<Case> const cases{
    {"due", State::Backfilled, Phase::Backfill, "1.1", "2", Task::Contract},
    {"due_in_a_new_one", State::Backfilled, Phase::Backfill, "2", "3", Task::Contract},
    {"same", State::Backfilled, Phase::Backfill, "2", "2", Task::Wait},
    {"unstamped", State::Backfilled, Phase::Backfill, "", "2", Task::Adopt},
    {"no_release", State::Backfilled, Phase::Backfill, "1.1", "", Task::Wait},
    {"rolled_back", State::Backfilled, Phase::Backfill, "1.1", "1.0", Task::LeaveToLater},
    {"rolled_back_but_due", State::Backfilled, Phase::Backfill, "1.0", "1.1", Task::LeaveToLater},
    {"a_later_one_s_failure", State::Failed, Phase::Backfill, "2", "1.1", Task::LeaveToLater},
    {"its_own_failure", State::Failed, Phase::Backfill, "1.1", "1.1", Task::GoOn},
    {"half_contracted", State::Contracting, Phase::Contract, "1.0", "1.1", Task::LeaveToLater},
    {"half_contracted_now", State::Contracting, Phase::Contract, "1.0", "2", Task::GoOn},
    {"half_contracted_no_release", State::Contracting, Phase::Contract, "1.0", "",
     Task::LeaveContract},
    {"failed_contract_no_release", State::Failed, Phase::Contract, "1.0", "", Task::LeaveContract},
    {"failed_backfill_no_release", State::Failed, Phase::Backfill, "1.0", "", Task::GoOn},
    {"failed_now", State::Failed, Phase::Backfill, "1.1", "2", Task::GoOn},
    {"on_its_way_back", State::Aborting, Phase::Backfill, "2", "1.0", Task::GoOn},
    {"aborted", State::Aborted, Phase::Backfill, "2", "2", Task::LeaveOut},
    {"at_its_end", State::Contracted, Phase::Contract, "1.0", "1.0", Task::Nothing},
};

TEST(Agenda, WhatIsOwed) {
  for (Case const& each : cases) {
    EXPECT_EQ(task_for(row(each.state, each.phase, each.stamp), false, deploying(each.release)),
              each.task)
        << each.label;
  }
  EXPECT_EQ(task_for(std::nullopt, false, deploying("2")), Task::Begin);
  EXPECT_EQ(task_for(std::nullopt, true, deploying("2")), Task::HasNothing);
}

TEST(Releases, WhatRunsWhileOneIsDeployedIsTheOneBefore) {
  Releases const known({"1.0", "1.1"}, {{"1.1", ""}, {"1.0", "at night"}});
  EXPECT_EQ(known.last_before("").name, "1.0");
  EXPECT_EQ(known.last_before("1.2").deployed_at, "at night");
  EXPECT_EQ(known.last_before("1.0").name, "1.1");
  EXPECT_EQ(Releases().last_before("1.0").name, "");
}

TEST(Agenda, ARollbackIsEvidenceThatTheOldApplicationRuns) {
  auto const task = [](State state, Phase phase, char const* stamp, char const* release,
                       std::vector<Release> by_deployment) {
    return task_for(row(state, phase, stamp), false, deploying(release, std::move(by_deployment)));
  };
  std::vector<Release> const rolled_back{{"2", ""}, {"1.1", ""}, {"1.0", ""}};
  State const waits = State::Backfilled;
  EXPECT_EQ(task(waits, Phase::Backfill, "1.1", "3", rolled_back), Task::HoldBack);
  EXPECT_EQ(task(waits, Phase::Backfill, "1.0", "3", rolled_back), Task::Contract);
  EXPECT_EQ(task(State::Failed, Phase::Contract, "1.1", "3", rolled_back), Task::HoldBack);
  EXPECT_EQ(task(State::Contracting, Phase::Contract, "1.1", "", rolled_back), Task::HoldBack);
  EXPECT_EQ(task(State::Failed, Phase::Backfill, "1.1", "3", rolled_back), Task::GoOn);
  EXPECT_EQ(task(State::Aborting, Phase::Contract, "1.1", "3", rolled_back), Task::GoOn);
  std::vector<Release> const deployed_again{{"1.1", ""}, {"1.0", ""}, {"2", ""}};
  EXPECT_EQ(task(waits, Phase::Backfill, "1.1", "2", deployed_again), Task::HoldBack)
      << "the same deployment twice is once";
  EXPECT_EQ(task(waits, Phase::Backfill, "1.1", "3", deployed_again), Task::Contract);
}

/// 1.1 expanded it, and failed in another migration: what runs is still 1.0's application.
TEST(Agenda, ThatAnUpHasBegunIsNoEvidenceOfItsApplication) {
  auto const task = [](char const* release, std::vector<Release> by_deployment) {
    return task_for(row(State::Backfilled, Phase::Backfill, "1.1"), false,
                    deploying(release, std::move(by_deployment)));
  };
  EXPECT_EQ(task("2", {{"1.0", ""}}), Task::HoldBack);
  EXPECT_EQ(task("2", {}), Task::HoldBack) << "it was the first one";
  EXPECT_EQ(task("2", {{"1.0", ""}, {"1.1", ""}}), Task::Contract) << "it came to its end later";
  EXPECT_EQ(task("3", {{"1.0", ""}, {"2", ""}}), Task::Contract);
  Deployment const now{"2", Releases({"1.0", "1.1"}, {{"1.0", "", 5}}, {{"1.0", 1}, {"1.1", 7}})};
  Deployment const back{"2", Releases({"1.0", "1.1"}, {{"1.0", "", 9}}, {{"1.0", 1}, {"1.1", 7}})};
  MigrationRow const waits = row(State::Backfilled, Phase::Backfill, "1.1");
  EXPECT_TRUE(now.runs_older_than(waits) && back.runs_older_than(waits));
  EXPECT_FALSE(now.rolled_back_behind(waits));
  EXPECT_TRUE(back.rolled_back_behind(waits));
}

TEST(Agenda, TheLatestReleaseThatMovesItOnStampsIt) {
  auto const stamp = [](State state, Phase phase, char const* was, char const* release) {
    return stamp_of(row(state, phase, was), deploying(release));
  };
  EXPECT_EQ(stamp(State::Expanded, Phase::Expand, "", "2"), "2");
  EXPECT_EQ(stamp(State::Backfilled, Phase::Backfill, "", "2"), "2");
  EXPECT_EQ(stamp(State::Backfilling, Phase::Backfill, "1.1", "2"), "2");
  EXPECT_EQ(stamp(State::Backfilling, Phase::Backfill, "1.1", "1.0"), "1.1");
  EXPECT_EQ(stamp(State::Backfilling, Phase::Backfill, "1.1", ""), "1.1");
  EXPECT_EQ(stamp(State::Backfilled, Phase::Backfill, "1.1", "2"), "1.1");
  EXPECT_EQ(stamp(State::Contracting, Phase::Contract, "1.1", "2"), "1.1");
  EXPECT_EQ(stamp(State::Expanded, Phase::Expand, "", "1.0"), "") << "a rollback";
}

TEST(Agenda, BegunAgainItIsNoEarlierReleases) {
  auto const aborted = row(State::Aborted, Phase::Backfill, "1.0");
  EXPECT_EQ(stamp_of_new(aborted, deploying("")), "2");
  EXPECT_EQ(stamp_of_new(aborted, deploying("3")), "3");
  EXPECT_EQ(stamp_of_new(row(State::Aborted, Phase::Expand, ""), deploying("")), "");
  EXPECT_EQ(stamp_of_new(std::nullopt, deploying("")), "");
}

}  // namespace
}  // namespace bellows::runner::agenda_test
