#include "planner/catalog/replay.hpp"
#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

#include <algorithm>

/// What 19 itself does is asked of it in tests/runner/locks/repack_db_test.cpp.
namespace bellows::rules::repack_test {
namespace {

constexpr std::string_view scene =
    "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE logs (line text);";

Reviewed reviewed(std::string_view text, int version = 19) {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog.server_version = version;
  catalog::replay_text(catalog, scene);
  return review(sql::read_migration("m", "m.sql", text), catalog).at(0);
}

Finding const* found(Reviewed const& one, std::string_view rule) {
  auto const at = std::ranges::find(one.findings, rule, &Finding::rule);
  return at == one.findings.end() ? nullptr : &*at;
}

TEST(Repack, ConcurrentlyIsNoErrorAndSaysWhatItWants) {
  Reviewed const one = reviewed("REPACK (CONCURRENTLY) users");
  ASSERT_EQ(one.effects.relations.size(), 1U);
  EXPECT_EQ(one.effects.relations[0].lock, locks::Mode::ShareUpdateExclusive);
  EXPECT_TRUE(one.effects.relations[0].rewrites);
  EXPECT_FALSE(one.effects.transactional);
  EXPECT_TRUE(one.effects.waits_for_snapshots);
  EXPECT_NE(one.verdict, Verdict::Unsafe);
  Finding const* finding = found(one, "repack-concurrently");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->severity, Severity::Warning);
  EXPECT_EQ(one.findings.size(), 1U);
}

TEST(Repack, IsTheWayOutOfWhatRewritesUnderTheStrongLockFrom19On) {
  for (char const* text : {"VACUUM FULL users", "CLUSTER users USING users_pkey", "REPACK users"}) {
    Reviewed const one = reviewed(text);
    EXPECT_EQ(one.verdict, Verdict::Unsafe) << text;
    Finding const* finding = found(one, "long-lock");
    ASSERT_NE(finding, nullptr) << text;
    EXPECT_TRUE(finding->remedy.starts_with("REPACK (CONCURRENTLY) public.users, alone")) << text;
  }
  Reviewed const before = reviewed("VACUUM FULL users", 18);
  EXPECT_EQ(found(before, "long-lock")->remedy.find("REPACK"), std::string::npos);
}

TEST(Repack, WithoutATableIsEveryTable) {
  Reviewed const one = reviewed("REPACK");
  EXPECT_EQ(one.effects.relations.size(), 2U);
  EXPECT_FALSE(one.effects.transactional);
  Finding const* finding = found(one, "long-lock");
  ASSERT_NE(finding, nullptr);
  EXPECT_NE(finding->remedy.find("one table after the other"), std::string::npos);
}

TEST(Repack, ARefusalNamesTheWay) {
  Finding const* finding = nullptr;
  Reviewed const one = reviewed("REPACK (CONCURRENTLY) logs");
  finding = found(one, "statement-fails");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->fails_with, "55000");
  EXPECT_NE(finding->remedy.find("primary key"), std::string::npos);
}

}  // namespace
}  // namespace bellows::rules::repack_test
