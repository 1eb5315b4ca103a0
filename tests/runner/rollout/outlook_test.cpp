#include "runner/rollout/outlook.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bellows::runner::outlook_test {
namespace {

using Migration = OutlookFacts::Migration;

Migration in(State state, Phase phase = Phase::Expand) {
  Migration one;
  one.name = "1_a";
  one.state = state;
  one.phase = phase;
  return one;
}

Migration pending(std::string name) {
  Migration one;
  one.name = std::move(name);
  return one;
}

std::string next_of(Migration const& one, bool paused = false) {
  OutlookFacts facts;
  facts.migrations = {one};
  facts.paused = paused;
  return outlook(facts).next;
}

TEST(OutlookOf, EveryStateHasOneAnswer) {
  EXPECT_EQ(next_of(pending("1_a")), "bellows up");
  for (State const state :
       {State::Expanding, State::Expanded, State::Backfilling, State::Contracting, State::Paused}) {
    EXPECT_EQ(next_of(in(state)), "bellows resume") << to_string(state);
  }
  EXPECT_EQ(next_of(in(State::Aborting)), "bellows resume (takes the rest back)");
  EXPECT_EQ(next_of(in(State::Backfilled)),
            "once no running application uses the old names: bellows contract");
  EXPECT_EQ(next_of(in(State::Failed)),
            "mend the cause, then bellows resume; or bellows abort 1_a");
  EXPECT_EQ(next_of(in(State::Failed, Phase::Contract)), "mend the cause, then bellows resume");
  EXPECT_EQ(next_of(in(State::Contracted)), "nothing to do: the database is up to date");
}

TEST(OutlookOf, AContractNamesAllThatItTakes) {
  OutlookFacts facts;
  facts.migrations = {in(State::Backfilled), in(State::Backfilled), in(State::Contracted)};
  facts.migrations[0].old_names = "users.tel";
  facts.migrations[1].old_names = "users.remark";
  EXPECT_EQ(outlook(facts).next,
            "once no running application uses users.tel, users.remark: bellows contract");
}

TEST(OutlookOf, AnAbortIsSaidAsItCanBeTyped) {
  Migration one = in(State::Failed);
  one.way_back = WayBack::WithReason;
  EXPECT_EQ(next_of(one),
            "mend the cause, then bellows resume; or, to leave what is done: bellows abort 1_a "
            "--because TEXT");
  one.way_back = WayBack::None;
  EXPECT_EQ(next_of(one), "mend the cause, then bellows resume");
  one.way_back = WayBack::Free;
  for (bool const has_file : {true, false}) {  // the ledger is enough
    one.has_file = has_file;
    EXPECT_EQ(next_of(one), "mend the cause, then bellows resume; or bellows abort 1_a");
  }
}

TEST(OutlookOf, OnlyWhatIsAllAtItsEndIsUpToDate) {
  OutlookFacts facts;
  EXPECT_FALSE(outlook(facts).up_to_date);
  facts.migrations = {in(State::Contracted)};
  EXPECT_TRUE(outlook(facts).up_to_date);
  Migration empty = pending("2_b");
  empty.empty = true;
  for (Migration const& other :
       {in(State::Aborted), empty, pending("2_b"), in(State::Backfilled)}) {
    facts.migrations = {in(State::Contracted), other};
    EXPECT_FALSE(outlook(facts).up_to_date);
    EXPECT_EQ(outlook(facts).next.find("up to date"), std::string::npos) << outlook(facts).next;
  }
}

TEST(OutlookOf, WhatIsRefusedComesBeforeUp) {
  OutlookFacts facts;
  Migration refused = pending("2_b");
  refused.refused = Refusal{"no plan", "bellows plan 2_b"};
  facts.migrations = {pending("1_a"), refused};
  EXPECT_EQ(outlook(facts).next, "2_b: bellows plan 2_b");
  facts.migrations.front().changed = Refusal{"was changed", "restore it"};
  EXPECT_EQ(outlook(facts).next, "1_a: restore it");
}

TEST(OutlookOf, UpIsSaidWithTheReleaseThatWasDeployed) {
  OutlookFacts facts;
  facts.migrations = {pending("1_a")};
  facts.release = "1.2";
  EXPECT_EQ(outlook(facts).next, "bellows up --release 1.2; or with the name of the next release");
  facts.release = "it's";
  EXPECT_TRUE(outlook(facts).next.starts_with("bellows up --release 'it'\\''s';"));
}

TEST(OutlookOf, AnAbortedOneWhosePlanIsStaleIsPlannedFirst) {
  Migration one = in(State::Aborted);
  EXPECT_NE(next_of(one).find("; bellows expand 1_a begins"), std::string::npos);
  one.to_plan = true;
  EXPECT_NE(next_of(one).find("; bellows plan 1_a, review"), std::string::npos);
}

TEST(OutlookOf, AnAbortedOneWithoutAFileIsNobodysMatter) {
  OutlookFacts facts;
  Migration gone = in(State::Aborted);
  gone.has_file = false;
  facts.migrations = {in(State::Contracted), gone};
  EXPECT_TRUE(outlook(facts).up_to_date);
}

}  // namespace
}  // namespace bellows::runner::outlook_test
