#include "runner/rollout/history.hpp"

#include "planner/catalog/replay.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

namespace bellows::runner::history_test {
namespace {

namespace fs = std::filesystem;

class HistoryOfFiles : public testing::Test {
 protected:
  HistoryOfFiles() {
    fs::remove_all(directory);
    fs::create_directories(directory);
    write("1_t", "CREATE TABLE t (a int); SET search_path = other;");
    write("2_b", "ALTER TABLE t ADD COLUMN b int; CREATE TEMPORARY TABLE own ();");
    write("3_c", "ALTER TABLE t ADD COLUMN c int;");
  }
  ~HistoryOfFiles() override { fs::remove_all(directory); }

  void write(std::string const& name, std::string const& text) const {
    write_file(directory / (name + ".sql"), text);
  }

  Project::Entry entry(std::string const& name) const {
    return {.name = name, .file = directory / "." / (name + ".sql"), .label = name};
  }

  History history(catalog::Catalog first = {}, std::set<std::string> held = {}) const {
    return {std::move(first), Project::open(directory, directory).entries(), std::move(held)};
  }

  static void add(catalog::Catalog& catalog, std::string const& column) {
    catalog::replay_text(catalog, "ALTER TABLE public.t ADD COLUMN " + column + " int");
  }

  static std::string columns(catalog::Catalog const& catalog) {
    std::string names;
    catalog::Table const* table = catalog.table(sql::parse_qualified_name("public.t"));
    for (std::size_t i = 0; table != nullptr && i < table->columns.size(); ++i) {
      names += table->columns[i].name.raw();
    }
    return names;
  }

  fs::path directory = fs::temp_directory_path() /
                       ("bellows-history-" +
                        std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(HistoryOfFiles, EachFindsWhatThoseBeforeItLeave) {
  History all = history();
  EXPECT_EQ(columns(all.before("1_t")), "");
  EXPECT_EQ(columns(all.before("2_b")), "a");
  EXPECT_EQ(columns(all.before("3_c")), "ab");
  EXPECT_EQ(columns(all.before("of nobody")), "abc");
  EXPECT_FALSE(all.before("3_c").any_temporary);
  EXPECT_EQ(all.before("3_c").search_path_schema, "public");
}

TEST_F(HistoryOfFiles, AnEarlierOneIsFoundAgain) {
  History all = history();
  EXPECT_EQ(columns(all.before("3_c")), "ab");
  EXPECT_EQ(columns(all.before("2_b")), "a");
  EXPECT_EQ(columns(all.before("3_c")), "ab");
}

TEST_F(HistoryOfFiles, WhatIsDoneToACopyIsNoHistory) {
  History all = history();
  catalog::Catalog copy = all.before("2_b");
  add(copy, "z");
  EXPECT_EQ(columns(all.before("3_c")), "ab");
}

TEST_F(HistoryOfFiles, WhatGoesThroughIsNotReadAgain) {
  History all = history();
  all.through(entry("2_b"), [](catalog::Catalog& found) {
    EXPECT_EQ(columns(found), "a");
    add(found, "x");
  });
  fs::remove(directory / "2_b.sql");
  EXPECT_EQ(columns(all.before("3_c")), "ax");
  EXPECT_EQ(columns(all.before("2_b")), "a") << "anew, from the files";
  EXPECT_THROW(all.before("3_c"), ProjectError);
}

TEST_F(HistoryOfFiles, WhatGoesThroughInPartNeverWas) {
  History all = history();
  auto const fail = [](catalog::Catalog& found) {
    add(found, "x");
    throw std::runtime_error("no");
  };
  EXPECT_THROW(all.through(entry("2_b"), fail), std::runtime_error);
  EXPECT_EQ(columns(all.before("2_b")), "a");
}

TEST_F(HistoryOfFiles, AStrangerFindsAllAndLeavesNothing) {
  History all = history();
  for (int i = 0; i < 2; ++i) {
    all.through(entry("of nobody"), [](catalog::Catalog& found) {
      EXPECT_EQ(columns(found), "abc");
      add(found, "x");
    });
  }
}

// --catalog DIR: what is judged is not what was there.
TEST_F(HistoryOfFiles, AnotherFileOfTheSameNameLeavesNothing) {
  History all = history();
  fs::create_directories(directory / "other");
  write("other/2_b", "");
  all.through({.name = "2_b", .file = directory / "other/2_b.sql", .label = "2_b"},
              [](catalog::Catalog& found) {
                EXPECT_EQ(columns(found), "a");
                add(found, "x");
              });
  EXPECT_EQ(columns(all.before("3_c")), "ab");
}

TEST_F(HistoryOfFiles, WhatTheFirstSchemaHoldsIsNotReplayed) {
  catalog::Catalog live;
  catalog::replay_text(live, "CREATE TABLE t (a int, b int)");
  History all = history(live, {"1_t", "2_b"});
  EXPECT_EQ(columns(all.before("1_t")), "ab");
  all.through(entry("1_t"), [](catalog::Catalog& found) { add(found, "z"); });
  EXPECT_EQ(columns(all.before("3_c")), "ab");
  EXPECT_EQ(columns(all.before("of nobody")), "abc");
}

}  // namespace
}  // namespace bellows::runner::history_test
