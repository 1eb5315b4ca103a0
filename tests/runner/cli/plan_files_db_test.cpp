#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/said.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

/// Plan files that are reviewed, edited by hand, or no longer for what they were made for.
namespace bellows::test::plan_files_db_test {
namespace {

using Words = std::vector<std::string>;

class PlanFiles : public testing::Test {
 protected:
  std::filesystem::path file() const {
    return t.project.directory() / "plans" / (std::string(rename_name) + ".yaml");
  }
  std::string text() const {
    std::ostringstream all;
    all << std::ifstream(file()).rdbuf();
    return all.str();
  }
  void edit(std::string const& from, std::string const& to) const {
    std::string all = text();
    auto const at = all.find(from);
    ASSERT_NE(at, std::string::npos) << from << "\n" << all;
    std::ofstream(file()) << all.replace(at, from.size(), to);
  }
  void expect_says(Words const& command, int code, Words const& words) const {
    test::expect_says(t.project.run(command), code, words);
  }
  Words with_database(Words words) const {
    words.insert(words.end(), {"--database-url", t.db.conninfo()});
    return words;
  }

  RenameBench t{users_table};
};

TEST_F(PlanFiles, OneEditedByHandIsKeptUntilToldOtherwise) {
  edit("ADD COLUMN display_name text", "ADD COLUMN display_name varchar");
  std::string const edited = text();
  expect_says(with_database({"plan", rename_name}), 11,
              {"says something else than what would be planned", "it was kept",
               "ADD COLUMN display_name varchar", "--overwrite"});
  EXPECT_EQ(text(), edited);
  expect_says(with_database({"plan", rename_name, "--overwrite"}), 0, {rename_name});
  EXPECT_EQ(text().find("varchar"), std::string::npos);
  expect_says(with_database({"plan", rename_name}), 0, {"(unchanged)"});
}

TEST_F(PlanFiles, OneThatIsStaleIsMadeAnew) {
  t.project.migration(rename_name, "ALTER TABLE users RENAME COLUMN name TO called;\n");
  expect_says(with_database({"plan", rename_name}), 0, {rename_name});
  EXPECT_NE(text().find("called"), std::string::npos);
}

TEST_F(PlanFiles, AnEditIsNotLostWithTheMigrationThatChanges) {
  edit("ADD COLUMN display_name text", "ADD COLUMN display_name varchar");
  std::string const edited = text();
  t.project.migration(rename_name, "ALTER TABLE users RENAME COLUMN name TO called;\n");
  expect_says(with_database({"plan"}), 11,
              {"is stale", "may have been edited by hand", "it was kept", "varchar",
               "next: bellows plan 20260301090000_rename --print", "--overwrite"});
  EXPECT_EQ(text(), edited);
  expect_says(with_database({"plan", "--overwrite"}), 0, {rename_name});
  EXPECT_EQ(text().find("varchar"), std::string::npos);
}

TEST_F(PlanFiles, OneThatCannotBeReadIsKept) {
  std::string const before = text();
  for (auto const& [from, to, said] :
       {std::tuple{"expand:", "expnd:", "expnd"}, {"bellows: 1", "bellows: 2", "2"}}) {
    edit(from, to);
    std::string const edited = text();
    expect_says(with_database({"plan", rename_name}), 11,
                {"can't be read", said, "it was kept", "--overwrite"});
    EXPECT_EQ(text(), edited);
    for (Words const& check : {Words{"check"}, with_database({"check"})}) {
      expect_says(check, 5, {"can't be read", said});
      EXPECT_EQ(t.project.run(check).answer.find("is stale"), std::string::npos);
    }
    expect_says({"up"}, 5, {"can't be read", "--overwrite"});
    expect_says(with_database({"plan", rename_name, "--overwrite"}), 0, {rename_name});
    EXPECT_EQ(text(), before);
  }
}

TEST_F(PlanFiles, CheckSaysThatOneDeviates) {
  expect_says(with_database({"check"}), 0, {"is current"});
  EXPECT_EQ(t.project.run(with_database({"check"})).answer.find("deviates"), std::string::npos);
  edit("ADD COLUMN display_name text", "ADD COLUMN display_name varchar");
  expect_says(with_database({"check"}), 0,
              {"it deviates from what would be planned here", "step add-column has"});
}

TEST_F(PlanFiles, OneIsReadWholeBeforeItsFirstStep) {
  edit("RENAME COLUMN name TO display_name", "RENAME COLUMN name TOO display_name");
  expect_says({"up"}, 5,
              {"can't be carried out, nothing was begun", "step swap, a statement", "--overwrite"});
  EXPECT_EQ(t.state(), "pending");
  EXPECT_EQ(t.db.value("SELECT count(*) FROM pg_attribute WHERE attname = 'display_name'"), "0");
}

TEST_F(PlanFiles, AStaleOneSaysWhatIsDifferent) {
  t.project.migration(rename_name, "ALTER TABLE users RENAME COLUMN name TO called;\n");
  expect_says({"up"}, 5, {"stale plan", "step add-column has", "display_name text", "called text"});
  t.project.migration(rename_name, rename_sql);
  t.db.run("CREATE INDEX by_name ON users (name)");
  expect_says({"up"}, 5, {"stale plan", "step index-by_name of backfill is not in it"});
}

TEST_F(PlanFiles, OneWhoseMigrationIsUnderWayIsNotStale) {
  for (Words const& command : {Words{"expand", rename_name}, {"backfill", rename_name}}) {
    t.must(command);
    for (Words const& check : {Words{"check"}, {"check", rename_name}}) {
      expect_says(
          with_database(check), 0,
          {"not judged again, since this database has begun them: " + std::string(rename_name)});
      EXPECT_EQ(t.project.run(with_database(check)).answer.find("stale"), std::string::npos);
    }
  }
  t.must({"abort", rename_name});
  expect_says(with_database({"check"}), 0, {"is current"});
}

}  // namespace
}  // namespace bellows::test::plan_files_db_test
