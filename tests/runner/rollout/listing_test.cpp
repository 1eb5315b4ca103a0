#include "runner/rollout/listing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bellows::runner::listing_test {
namespace {

using Names = std::vector<std::string>;

Names names(Listing const& listing) {
  Names all;
  for (Listing::File const& file : listing.migrations) {
    all.push_back(file.name + (file.down ? " <- " + *file.down : ""));
  }
  return all;
}

TEST(Listing, APairIsOneMigration) {
  Listing const listing =
      list_migrations({"002_x.down.sql", "002_x.up.sql", "001_a.sql", "003_b.up.sql"}, {});
  EXPECT_EQ(names(listing), (Names{"001_a", "002_x <- 002_x.down.sql", "003_b"}));
  EXPECT_TRUE(listing.beside.empty());
  EXPECT_EQ(listing.mistake, "");
}

TEST(Listing, WhatIsPassedOverIsNamed) {
  Listing const listing = list_migrations(
      {"1_a.sql", "2_b.SQL", "3_c.js", "4_d.down.sql", ".gitkeep", "README.md", "5_e.sql.bak"},
      {"6_prisma", ".git"});
  EXPECT_EQ(names(listing), Names{"1_a"});
  EXPECT_EQ(listing.beside,
            (Names{"2_b.SQL", "3_c.js", "4_d.down.sql (the way back of no migration)",
                   "5_e.sql.bak", "6_prisma/ (a directory)"}));
}

TEST(Listing, AWayBackThatWouldRunIsAMistake) {
  for (Names const& files : {Names{"1_x_up.sql", "1_x_down.sql"},
                             {"1-x-up.sql", "1-x-down.sql"},
                             {"1_x.sql", "1_x.down.sql"},
                             {"1_x.sql", "1_x.undo.sql"},
                             {"1_x.do.sql", "1_x.undo.sql"},
                             {"1_x.sql", "1_x.rollback.sql"}}) {
    EXPECT_NE(list_migrations(files, {}).mistake.find("looks like the way back of " + files[0]),
              std::string::npos)
        << files[1];
  }
  EXPECT_NE(list_migrations({"1_x.sql", "1_x.up.sql"}, {}).mistake, "");
  EXPECT_EQ(list_migrations({"1_power_down.sql", "2_undo.sql", "3_U1.sql"}, {}).mistake, "");
}

TEST(Listing, FlywaysFilesGoByItsOwnRules) {
  Listing const listing = list_migrations({"V1__a.sql", "V1_10__b.sql", "V1_2__c.sql", "V2__d.sql",
                                           "U2__undo_d.sql", "U1.2__c.sql", "R__views.sql"},
                                          {});
  EXPECT_EQ(names(listing), (Names{"V1__a", "V1_2__c <- U1.2__c.sql", "V1_10__b",
                                   "V2__d <- U2__undo_d.sql", "R__views"}));
  EXPECT_EQ(listing.mistake, "");
  EXPECT_NE(list_migrations({"V2__d.sql", "U2__d.sql", "U2__e.sql"}, {}).mistake.find("two ways"),
            std::string::npos);
}

TEST(Listing, AWayBackWithASlipInItsNameIsAMistake) {
  for (char const* word : {"dwon", "donw", "dn", "Down", "DOWN", "dow", "downn"}) {
    std::string const file = "5_x." + std::string(word) + ".sql";
    for (char const* there : {"5_x.up.sql", "5_x.sql"}) {
      EXPECT_EQ(list_migrations({"4_w.sql", there, file}, {}).mistake,
                file + " looks like the way back of " + there + ", and would run as a migration");
    }
  }
}

TEST(Listing, ASecondFileBesideThatOfTheWayThereIsAMistake) {
  for (char const* file : {"5_x.back.sql", "5_x.v2.sql", "5_x.do.sql", "5_x.UP.sql"}) {
    EXPECT_NE(list_migrations({"5_x.up.sql", file}, {}).mistake.find("is called 5_x.down.sql"),
              std::string::npos)
        << file;
  }
  for (Names const& files : {Names{"5_x.up.sql", "5_x.down.sql", "6_x.v2.sql", "5_y.v2.sql"},
                             {"5_x.sql", "5_x.v2.sql"}}) {
    EXPECT_EQ(list_migrations(files, {}).mistake, "");
  }
}

TEST(Listing, ANameOfAWayBackIsOneWithoutItsWayThereToo) {
  for (char const* file :
       {"1_x_down.sql", "1-x-down.sql", "1_x.undo.sql", "1_x.rollback.sql", "1_x.revert.sql",
        "1_x_undo.sql", "1_x_rollback.sql", "U1__x.sql", "down.sql", "undo.sql"}) {
    Listing const listing = list_migrations({"0_a.sql", file}, {});
    ASSERT_EQ(listing.migrations.size(), 2U) << file;
    for (Listing::File const& each : listing.migrations) {
      EXPECT_EQ(each.named_back, each.file == file) << each.file;
    }
  }
  for (char const* file : {"1_breakdown.sql", "1_down_payments.sql", "3_U1.sql", "U_s.sql",
                           "Users__a.sql", "1_x.up.sql", "1_undoing.sql"}) {
    EXPECT_FALSE(list_migrations({file}, {}).migrations.at(0).named_back) << file;
  }
}

TEST(Listing, AMigrationsName) {
  EXPECT_EQ(migration_name("migrations/2_x.up.sql"), "2_x");
  EXPECT_EQ(migration_name("2_x.sql"), "2_x");
  EXPECT_EQ(migration_name("2_x.v2.sql"), "2_x.v2");
}

}  // namespace
}  // namespace bellows::runner::listing_test
