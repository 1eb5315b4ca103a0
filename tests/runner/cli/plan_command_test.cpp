#include "runner/cli/wrap.hpp"
#include "tests/support/project.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

/// `bellows plan` as a program, without a database: which files it writes, and --check.
namespace bellows::test::plan_command_test {
namespace {

namespace fs = std::filesystem;

constexpr char const* rename = "ALTER TABLE users RENAME COLUMN name TO label;\n";

class PlanCommand : public testing::Test {
 protected:
  PlanCommand() {
    project_.migration("1_users", "CREATE TABLE users (id int PRIMARY KEY, name text);\n");
    project_.migration("2_rename", rename);
    project_.migration("3_sum", "ALTER TABLE users ADD COLUMN sum int;\n");
  }

  std::string plan_of(std::string const& name) const {
    std::ifstream in(project_.directory() / "plans" / (name + ".yaml"));
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  void expect_check(int code, std::string const& words,
                    std::vector<std::string> const& more = {}) const {
    std::vector<std::string> arguments{"plan", "--check"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Ran const ran = project_.run(arguments);
    EXPECT_EQ(ran.code, code) << ran.answer << ran.said;
    EXPECT_NE(ran.answer.find(words), std::string::npos) << ran.answer << ran.said;
  }

  void shell(std::string const& words) const {
    std::string const line =
        "cd '" + project_.directory().string() + "' && { " + words + "; } >/dev/null";
    ASSERT_EQ(std::system(line.c_str()), 0) << words;
  }

  Project project_{""};
};

TEST_F(PlanCommand, WritesNoFileForWhatNeedsNone) {
  Ran const ran = project_.run({"plan"});
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_NE(ran.answer.find("2 migrations need no plan"), std::string::npos) << ran.answer;
  EXPECT_EQ(plan_of("1_users") + plan_of("3_sum"), "");
  EXPECT_NE(plan_of("2_rename"), "");
  Ran const one = project_.run({"plan", "3_sum"});
  EXPECT_NE(one.answer.find("migrations/3_sum.sql needs no plan"), std::string::npos) << one.answer;
  EXPECT_NE(project_.run({"plan", "3_sum", "--print"}).answer.find("step: run"), std::string::npos);
}

// Somebody has one, to take a line out of it, say: it goes on being written.
TEST_F(PlanCommand, ItsSentencesFitIntoALine) {
  project_.migration("4_null", "ALTER TABLE users ALTER COLUMN name SET NOT NULL;\n");
  project_.migration("5_allowed",
                     "-- bellows: allow drop-column because nobody reads it any more\n"
                     "ALTER TABLE users DROP COLUMN sum;\n");
  for (char const* command : {"plan || true", "plan --check || true", "plan 4_null || true"}) {
    shell(std::string("{ COLUMNS= ") + BELLOWS_BINARY + " " + command + "; } >told");
    std::ifstream told(project_.directory() / "told");
    int lines = 0;
    for (std::string line; std::getline(told, line); ++lines) {
      EXPECT_LE(runner::width_of(line), 80U) << line;
    }
    EXPECT_GT(lines, 0) << command;
  }
}

TEST_F(PlanCommand, KeepsAFileThatIsThereCurrent) {
  fs::create_directories(project_.directory() / "plans");
  std::ofstream(project_.directory() / "plans" / "3_sum.yaml")
      << project_.run({"plan", "3_sum", "--print"}).answer;
  project_.migration("3_sum", "ALTER TABLE users ADD COLUMN total int;\n");
  EXPECT_EQ(project_.run({"plan"}).code, 0);
  EXPECT_NE(plan_of("3_sum").find("ADD COLUMN total"), std::string::npos);
}

// They are written behind the planning, and told in their order.
TEST_F(PlanCommand, NothingIsWrittenBehindAFileThatCannotBe) {
  std::string tables;
  for (int i = 500; i < 540; ++i) {
    std::string const n = std::to_string(i);
    tables += "CREATE TABLE t" + n + " (id int PRIMARY KEY, a int);\n";
    project_.migration(n + "_rename", "ALTER TABLE t" + n + " RENAME COLUMN a TO b;\n");
  }
  project_.migration("4_tables", tables);
  fs::path const in_the_way = project_.directory() / "plans" / "520_rename.yaml.new";
  fs::create_directories(in_the_way);
  Ran const stopped = project_.run({"plan"});
  EXPECT_EQ(stopped.code, 5) << stopped.said;
  EXPECT_NE(stopped.said.find("can't write plans/520_rename.yaml.new"), std::string::npos)
      << stopped.said;
  EXPECT_NE(stopped.answer.find("plans/519_rename.yaml\n"), std::string::npos);
  EXPECT_EQ(stopped.answer.find("plans/520_rename"), std::string::npos);
  EXPECT_NE(plan_of("519_rename"), "");
  EXPECT_EQ(plan_of("520_rename") + plan_of("521_rename"), "");

  fs::remove(in_the_way);
  Ran const all = project_.run({"plan"});
  EXPECT_EQ(all.code, 0) << all.said;
  std::size_t at = 0;
  for (int i = 500; i < 540; ++i) {
    std::string const line =
        fmt::format("plans/{}_rename.yaml{}\n", i, i < 520 ? " (unchanged)" : "");
    at = all.answer.find(line, at);
    ASSERT_NE(at, std::string::npos) << line << all.answer;
  }
  EXPECT_EQ(project_.run({"plan", "539_rename", "--print"}).answer, plan_of("539_rename"));
}

TEST_F(PlanCommand, TheFilesFirstLineSaysTheRisk) {
  Ran const ran = project_.run({"plan"});
  std::string const said =
      "contract drops public.users.label, the copy, renames public.users.name to label; whatever "
      "still says name fails from then on, and there is no way back\n";
  EXPECT_EQ(plan_of("2_rename").find("# In short: " + said), 0U) << plan_of("2_rename");
  EXPECT_NE(ran.answer.find("in short: " + said), std::string::npos) << ran.answer;
}

TEST_F(PlanCommand, CheckTellsWhatIsMissingStaleUnreadableOrNobodys) {
  expect_check(5, "migrations/2_rename.sql: it is split into phases, and its plan is missing");
  EXPECT_EQ(plan_of("2_rename"), "") << "it writes nothing";
  ASSERT_EQ(project_.run({"plan"}).code, 0);
  expect_check(0, "1 current, 2 not needed");

  project_.migration("2_rename", "ALTER TABLE users RENAME COLUMN name TO title;\n");
  expect_check(5,
               "plans/2_rename.yaml is stale: migrations/2_rename.sql says something else by now");
  expect_check(5, "next: bellows plan, review what it writes, and commit it");
  project_.migration("2_rename", std::string("-- only a comment\n") + rename);
  expect_check(0, "1 current");

  project_.migration("1_users", "CREATE TABLE users (id int PRIMARY KEY, name varchar(9));\n");
  expect_check(5, "a column, key or index of public.users that it relies on is another one");
  ASSERT_EQ(project_.run({"plan"}).code, 0);

  std::ofstream(project_.directory() / "plans" / "9_gone.yaml") << "bellows: 1\n";
  expect_check(5, "plans/9_gone.yaml: there is no migration 9_gone");
  expect_check(0, "1 current", {"2_rename"});
  std::ofstream(project_.directory() / "plans" / "2_rename.yaml") << "bellows: 1\n";
  expect_check(5, "plans/2_rename.yaml can't be read: plan, line 1: the plan needs 'migration'");
  expect_check(5, "bellows plan 2_rename --overwrite, which makes it anew");
}

// Of a project whose first migrations were another tool's: their directory, or a snapshot, says
// what there was before.
TEST_F(PlanCommand, CheckAsksForTheSchemaWhereItIsNotKnown) {
  ASSERT_EQ(project_.run({"plan"}).code, 0);
  fs::create_directories(project_.directory() / "old");
  fs::rename(project_.directory() / "migrations" / "1_users.sql",
             project_.directory() / "old" / "1_users.sql");
  expect_check(5,
               "cannot be told, since no migration here makes "
               "public.users: --catalog");
  expect_check(0, "1 current", {"--catalog", "old"});
  Ran const check = project_.run({"check"});
  EXPECT_NE(check.answer.find("plans/2_rename.yaml may be current or not"), std::string::npos)
      << check.answer;
  EXPECT_EQ(project_.run({"check", "--catalog", "old"}).code, 0);
}

// What is next is what mends it: to plan mends neither of these.
TEST_F(PlanCommand, CheckDoesNotSendToPlanWhatPlanCannotMend) {
  ASSERT_EQ(project_.run({"plan"}).code, 0);
  fs::remove(project_.directory() / "migrations" / "1_users.sql");
  EXPECT_EQ(project_.run({"plan", "--check"}).answer.find("next: "), std::string::npos);
  project_.migration("1_users", "CREATE TABLE users (id int PRIMARY KEY, name text);\n");
  project_.migration("2_rename", std::string("-- bellows: usng label = name\n") + rename);
  EXPECT_EQ(project_.run({"plan", "--check"}).answer.find("next: "), std::string::npos);
  project_.migration("2_rename", "ALTER TABLE users RENAME COLUMN name TO title;\n");
  expect_check(5, "next: bellows plan, review what it writes");
}

// What another tool has made comes first, then the project's own migrations before each.
TEST_F(PlanCommand, ADirectoryOfBeforeIsFollowedByTheProjectsOwn) {
  fs::rename(project_.directory() / "migrations" / "1_users.sql",
             project_.directory() / "1_users.sql");
  fs::create_directory(project_.directory() / "old");
  fs::rename(project_.directory() / "1_users.sql", project_.directory() / "old" / "1_users.sql");
  project_.migration("4_sum", "ALTER TABLE users RENAME COLUMN sum TO total;\n");
  Ran const ran = project_.run({"plan", "--catalog", "old"});
  EXPECT_EQ(ran.code, 0) << ran.answer;
  EXPECT_NE(plan_of("4_sum"), "") << "sum is of migrations/3_sum.sql";
  EXPECT_NE(ran.answer.find("each judged after the migrations before it in old/ and migrations/"),
            std::string::npos)
      << ran.answer;
  expect_check(0, "2 current", {"--catalog", "old"});
  EXPECT_EQ(project_.run({"check", "--catalog", "old"}).code, 0);
}

// `up` would refuse it in the midst of a release.
TEST_F(PlanCommand, CheckEndsAsPlanDoesWhereNoneCanBeMade) {
  ASSERT_EQ(project_.run({"plan"}).code, 0);
  expect_check(0, "1 current, 2 not needed");
  for (auto const& [sql, rule] :
       {std::pair("DROP TABLE users;\n", "drop-table"),
        std::pair("CREATE INDEX by_name ON users (name);\n", "index-not-concurrent"),
        std::pair("ALTER TABLE users ADD COLUMN m int;\nUPDATE users SET sum = id;\n",
                  "update-in-one-go")}) {
    project_.migration("4_refused", sql);
    expect_check(5, "1 cannot be made");
    Ran const check = project_.run({"plan", "--check"});
    std::string const said = std::regex_replace(check.answer, std::regex("\\s+"), " ");
    EXPECT_NE(said.find("migrations/4_refused.sql:"), std::string::npos) << said;
    EXPECT_NE(said.find(std::string("no plan [") + rule + "]: "), std::string::npos) << said;
    EXPECT_EQ(said.find(" wrong"), std::string::npos) << said;
    EXPECT_EQ(project_.run({"plan"}).code, 5);
  }
}

// It cannot be told without a database whether the copy is still there.
TEST_F(PlanCommand, CheckSaysAsPlanDoesWhatBuildsOnACopy) {
  project_.migration("4_index", "CREATE INDEX CONCURRENTLY by_label ON users (label);\n");
  Ran const plan = project_.run({"plan"});
  EXPECT_EQ(plan.code, 0) << plan.answer;
  EXPECT_NE(plan.answer.find("migrations/4_index.sql: "), std::string::npos) << plan.answer;
  expect_check(0, "migrations/4_index.sql: ");
  expect_check(0, "belongs in a later");
}

TEST_F(PlanCommand, CheckOfWhatHasChanged) {
  shell(
      "git init -q && git add . && git -c user.name=t -c user.email=t@example.org commit -q -m a");
  expect_check(0, "no migration and no plan has changed", {"--changed-since", "HEAD"});
  project_.migration("4_rename", "ALTER TABLE users RENAME COLUMN sum TO total;\n");
  expect_check(5, "migrations/4_rename.sql: it is split into phases", {"--changed-since", "HEAD"});
  Ran const other = project_.run({"plan", "--check", "--changed-since", "HEAD"});
  EXPECT_EQ(other.answer.find("2_rename.sql"), std::string::npos) << other.answer;
}

/// The deletion is all that has changed, and git names no file for it.
TEST_F(PlanCommand, CheckOfWhatHasChangedTellsAPlanWhoseMigrationIsGone) {
  ASSERT_EQ(project_.run({"plan"}).code, 0);
  shell(
      "git init -q && git add . && git -c user.name=t -c user.email=t@example.org commit -q -m a "
      "&& git rm -q migrations/2_rename.sql");
  expect_check(5, "2_rename.yaml: there is no migration 2_rename", {"--changed-since", "HEAD"});
}

TEST_F(PlanCommand, CheckOfWhatHasChangedSeesAPlanThatWasDeleted) {
  project_.migration("4_rename", "ALTER TABLE users RENAME COLUMN sum TO total;\n");
  ASSERT_EQ(project_.run({"plan"}).code, 0);
  shell(
      "git init -q && git add . && git -c user.name=t -c user.email=t@example.org commit -q -m a");
  expect_check(0, "no migration and no plan has changed", {"--changed-since", "HEAD"});
  shell("rm plans/4_rename.yaml");
  expect_check(5, "migrations/4_rename.sql: it is split into phases", {"--changed-since", "HEAD"});
  shell("rm -r plans");
  expect_check(5, "migrations/4_rename.sql: it is split into phases", {"--changed-since", "HEAD"});
}

/// The README's recipe, line by line.
std::vector<std::vector<std::string>> recipe() {
  std::ifstream readme(source_directory() / "README.md");
  std::vector<std::vector<std::string>> commands;
  std::string line;
  static std::regex const step("^ +- run: bellows (.*)$");
  while (std::getline(readme, line)) {
    std::smatch match;
    if (!std::regex_match(line, match, step)) {
      continue;
    }
    std::string const words = std::regex_replace(
        match.str(1), std::regex(R"("origin/\$GITHUB_BASE_REF")"), "origin/main");
    std::istringstream stream(words);
    commands.emplace_back(std::istream_iterator<std::string>(stream),
                          std::istream_iterator<std::string>());
  }
  return commands;
}

TEST_F(PlanCommand, TheRecipeForPullRequestsHolds) {
  shell(
      "git init -q && git add . && git -c user.name=t -c user.email=t@example.org commit -q -m a"
      " && git update-ref refs/remotes/origin/main HEAD");
  auto const codes = [&] {
    std::vector<int> all;
    for (auto const& command : recipe()) {
      all.push_back(project_.run(command).code);
    }
    return all;
  };
  EXPECT_EQ(codes(), (std::vector<int>{0, 0})) << "nothing has changed";
  project_.migration("4_rename", "ALTER TABLE users RENAME COLUMN sum TO total;\n");
  EXPECT_EQ(codes(), (std::vector<int>{5, 5})) << "a hazard without a plan";
  ASSERT_EQ(project_.run({"plan", "4_rename"}).code, 0);
  EXPECT_EQ(codes(), (std::vector<int>{0, 0})) << "with its plan";
  project_.migration("4_rename", "ALTER TABLE users RENAME COLUMN sum TO amount;\n");
  EXPECT_EQ(codes(), (std::vector<int>{5, 5})) << "a stale one";
}

}  // namespace
}  // namespace bellows::test::plan_command_test
