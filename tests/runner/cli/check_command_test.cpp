#include "tests/support/project.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

/// `bellows check` and `bellows explain` as programs: no database is asked.
namespace bellows::test::check_command_test {
namespace {

namespace fs = std::filesystem;

constexpr char const* safe = "ALTER TABLE users ADD COLUMN a int";

class CheckCommand : public testing::Test {
 protected:
  CheckCommand() {
    project_.migration("1_users", "CREATE TABLE users (id int PRIMARY KEY, name text)");
  }

  int code(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "check");
    return project_.run(arguments).code;
  }

  void git(std::vector<std::string> words) {
    words.insert(words.begin(), {"git", "-C", project_.directory().string(), "-c", "user.name=t",
                                 "-c", "user.email=t@example.com"});
    std::vector<char*> argv;
    for (std::string& word : words) {
      argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    int const pid = ::fork();
    if (pid == 0) {
      ::execvp(argv[0], argv.data());
      ::_exit(127);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    ASSERT_EQ(status, 0) << words.back();
  }

  Project project_{""};
};

TEST_F(CheckCommand, AWayBackThatARunnerRunsIsJudgedWithTheRest) {
  project_.migration(
      "2_index",
      "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON users (name);\n"
      "-- migrate:down\nDROP INDEX CONCURRENTLY i;\n");
  Ran const psql = project_.run({"check", "--for", "psql", "2_index"});
  EXPECT_EQ(psql.code, 5) << psql.answer;
  EXPECT_NE(psql.answer.find("2 statements"), std::string::npos) << psql.answer;
  EXPECT_NE(psql.answer.find("psql does not read `-- migrate:down`"), std::string::npos)
      << psql.answer;
  EXPECT_EQ(code({"--for", "dbmate", "2_index"}), 0);
}

TEST_F(CheckCommand, JudgesAFileAsItsOwnToolRunsIt) {
  project_.migration("2_check",
                     "-- +goose Up\nSET lock_timeout = '1s';\n"
                     "ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID;\n"
                     "ALTER TABLE users VALIDATE CONSTRAINT c;\n");
  Ran const found = project_.run({"check"});
  EXPECT_EQ(found.code, 5) << found.answer;
  EXPECT_NE(found.answer.find("as goose runs it: one transaction for each file, by the look"),
            std::string::npos)
      << found.answer;
  EXPECT_EQ(code({"--for", "psql", "--fail-on", "warning"}), 0);
  EXPECT_EQ(code({"--for", "bellows", "--fail-on", "warning"}), 0);
  auto const json =
      nlohmann::json::parse(project_.run({"check", "--for", "psql", "--format", "json"}).answer);
  EXPECT_EQ(json["statements"][1]["runner"]["name"], "psql");
  Ran const unknown = project_.run({"check", "--for", "gose"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_NE(unknown.said.find("golang-migrate, goose"), std::string::npos) << unknown.said;
}

TEST_F(CheckCommand, WhereBellowsIsAtHomeItRunsOthersFilesToo) {
  project_.migration("2_check",
                     "-- +goose Up\nSET lock_timeout = '1s';\n"
                     "ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID;\n"
                     "ALTER TABLE users VALIDATE CONSTRAINT c;\n");
  std::filesystem::create_directory(project_.directory() / "plans");
  EXPECT_EQ(code({}), 0);
}

TEST_F(CheckCommand, ACurrentCommittedPlanSettlesWhatItSplits) {
  std::string const rename = "ALTER TABLE users RENAME COLUMN name TO label;\n";
  project_.migration("2_rename", rename);
  EXPECT_EQ(code({}), 5);
  ASSERT_EQ(project_.run({"plan"}).code, 0);
  Ran const text = project_.run({"check"});
  EXPECT_EQ(text.code, 0) << text.answer;
  EXPECT_NE(text.answer.find("planned: plans/2_rename.yaml is current"), std::string::npos)
      << text.answer;
  EXPECT_EQ(code({"--fail-on", "warning"}), 0);
  auto const json = nlohmann::json::parse(project_.run({"check", "--format", "json"}).answer);
  EXPECT_EQ(json["statements"][1]["verdict"], "unsafe");
  EXPECT_EQ(json["statements"][1]["plan"]["settles"], true);
  EXPECT_NE(project_.run({"check", "--format", "github"}).answer.find("::notice file="),
            std::string::npos);
  auto const sarif = nlohmann::json::parse(project_.run({"check", "--format", "sarif"}).answer);
  EXPECT_EQ(sarif["runs"][0]["results"][0]["suppressions"][0]["kind"], "external");
}

TEST_F(CheckCommand, ACurrentPlanSettlesNothingThatAnotherRuleFound) {
  project_.migration("1_users",
                     "CREATE TABLE users (id int PRIMARY KEY, name text);\n"
                     "CREATE PUBLICATION out FOR TABLE users;\n");
  project_.migration("2_rename", "ALTER TABLE users RENAME COLUMN name TO label;\n");
  ASSERT_EQ(project_.run({"plan"}).code, 0);
  Ran const text = project_.run({"check"});
  EXPECT_EQ(text.code, 5) << text.answer;
  EXPECT_NE(text.answer.find("[published-column]"), std::string::npos) << text.answer;
  std::string const github = project_.run({"check", "--format", "github"}).answer;
  EXPECT_NE(github.find("::error file="), std::string::npos) << github;
  EXPECT_NE(github.find("::notice file="), std::string::npos) << github;
}

TEST_F(CheckCommand, AStalePlanSettlesNothing) {
  project_.migration("2_rename", "ALTER TABLE users RENAME COLUMN name TO label;\n");
  ASSERT_EQ(project_.run({"plan"}).code, 0);
  project_.migration("2_rename", "ALTER TABLE users RENAME COLUMN name TO title;\n");
  Ran const other_text = project_.run({"check"});
  EXPECT_EQ(other_text.code, 5);
  EXPECT_NE(other_text.answer.find("plans/2_rename.yaml is stale"), std::string::npos)
      << other_text.answer;
  ASSERT_EQ(project_.run({"plan"}).code, 0);
  ASSERT_EQ(code({}), 0);
  project_.migration("1_users", "CREATE TABLE users (id int PRIMARY KEY, name varchar(9))");
  EXPECT_EQ(code({}), 5) << "the column has another type";
}

TEST_F(CheckCommand, AllowDoesNotGiveUpASplitUnsaid) {
  std::string const rename = "ALTER TABLE users RENAME COLUMN name TO label;\n";
  project_.migration("2_rename", "-- bellows: allow rename-column because I say so\n" + rename);
  Ran const ran = project_.run({"check"});
  EXPECT_EQ(ran.code, 5);
  EXPECT_NE(ran.answer.find("-- bellows: allow-unsplit rename-column because I say so"),
            std::string::npos)
      << ran.answer;
  std::string const answer = project_.run({"check"}).answer;
  for (std::vector<std::string> const& command :
       {std::vector<std::string>{"plan"}, {"plan", "--check"}, {"plan", "--print", "2_rename"}}) {
    Ran const planned = project_.run(command);
    EXPECT_EQ(planned.code, 5) << planned.answer;
    for (char const* words : {"[directive]", "it is neither planned nor run",
                              "-- bellows: allow-unsplit rename-column because I say so"}) {
      EXPECT_NE(answer.find(words), std::string::npos) << answer;
      EXPECT_NE(planned.answer.find(words), std::string::npos) << planned.answer;
    }
  }
  EXPECT_FALSE(fs::exists(project_.directory() / "plans" / "2_rename.yaml"));
  project_.migration("2_rename",
                     "-- bellows: allow-unsplit rename-column because I say so\n" + rename);
  EXPECT_EQ(code({}), 0);
  Ran const planned = project_.run({"plan"});
  EXPECT_EQ(planned.code, 0);
  EXPECT_NE(planned.answer.find("migrations/2_rename.sql runs in one go, as it stands: it allows "
                                "rename-column, because I say so"),
            std::string::npos)
      << planned.answer;
  EXPECT_EQ(project_.run({"plan", "--check"}).code, 0);
}

/// Whatever its statements say, `up` goes by the committed plan, and so its standing is told.
TEST_F(CheckCommand, TellsOfAPlanThatNoStatementNeeds) {
  std::string const rename = "ALTER TABLE users RENAME COLUMN name TO label;\n";
  auto const answer = [&] { return project_.run({"check", "migrations/2_rename.sql"}).answer; };
  project_.migration("2_rename", rename);
  ASSERT_EQ(project_.run({"plan"}).code, 0);
  EXPECT_NE(answer().find("planned: plans/2_rename.yaml is current"), std::string::npos);
  project_.migration("2_rename",
                     "-- bellows: allow-unsplit rename-column because I say so\n" + rename);
  EXPECT_NE(answer().find("plans/2_rename.yaml is stale: migrations/2_rename.sql says something "
                          "else by now; `bellows plan` writes it anew; until then `bellows up` "
                          "refuses it"),
            std::string::npos)
      << answer();
  ASSERT_EQ(project_.run({"plan"}).code, 0);
  EXPECT_NE(answer().find("planned: plans/2_rename.yaml is current, and what runs are its steps"),
            std::string::npos)
      << answer();
  std::ofstream(project_.directory() / "plans" / "2_rename.yaml") << "bellows: 1\n";
  EXPECT_NE(answer().find("plans/2_rename.yaml can't be read"), std::string::npos) << answer();
}

TEST_F(CheckCommand, SaysWhyThereIsNothingToCheck) {
  fs::remove(project_.directory() / "migrations" / "1_users.sql");
  Ran const none = project_.run({"check"});
  EXPECT_EQ(none.code, 0);
  EXPECT_EQ(none.answer, "no migrations yet; `bellows new NAME` writes the first\n");
  EXPECT_EQ(project_.run({"check", "migrations"}).answer,
            "nothing to check: there is no migration\n");
  EXPECT_NE(project_.run({"check", "--format", "json"}).answer.find("{"), std::string::npos);
}

TEST_F(CheckCommand, FailsFromTheSeverityThatIsAskedFor) {
  project_.migration("2_unsure", "ALTER TABLE others DROP CONSTRAINT c");
  EXPECT_EQ(code({}), 0) << "which other table it locks is not known, and no row is at stake";
  EXPECT_EQ(code({"--fail-on", "warning"}), 5);
  EXPECT_EQ(code({"--fail-on", "note"}), 5);
  project_.migration("3_drop", "ALTER TABLE users DROP COLUMN name");
  EXPECT_EQ(code({}), 5);
  EXPECT_EQ(code({"--fail-on", "never"}), 0);
  EXPECT_EQ(code({"--fail-on", "sometimes"}), 2);
  EXPECT_EQ(code({"--format", "xml"}), 2);
}

TEST_F(CheckCommand, TheUnknownCountsAsAnError) {
  project_.migration("2_unknown", "ALTER TABEL users");
  EXPECT_EQ(code({}), 5);
  EXPECT_EQ(code({"--fail-on", "never"}), 0);
}

// One bad file does not end the check of the others, nor hides what comes before them.
TEST_F(CheckCommand, GoesOnBehindABrokenFile) {
  project_.migration("2_open", "ALTER TABLE users ADD COLUMN a text DEFAULT 'x");
  std::ofstream(project_.directory() / "migrations" / "3_wide.sql")
      << std::string_view("\xFF\xFES\0", 4);
  project_.migration("4_drop", "\\connect app\nALTER TABLE users DROP COLUMN name");
  auto const ran = project_.run({"check", "--format", "json"});
  EXPECT_EQ(ran.code, 5);
  auto const json = nlohmann::json::parse(ran.answer);
  std::vector<std::string> rules;
  for (auto const& statement : json["statements"]) {
    for (auto const& finding : statement["findings"]) {
      rules.push_back(finding["rule"]);
    }
  }
  EXPECT_EQ(rules, (std::vector<std::string>{"syntax-error", "syntax-error", "psql-command",
                                             "drop-column"}));
  EXPECT_EQ(project_.run({"plan", "2_open"}).code, 5);
}

TEST_F(CheckCommand, BytesThatAreNoUtf8AreAnErrorAsToPlan) {
  project_.migration("2_latin1", "INSERT INTO users VALUES (1, 'caf\xE9');\n");
  for (std::string const command : {"check", "plan"}) {
    Ran const ran = project_.run({command});
    EXPECT_EQ(ran.code, 5) << command;
    EXPECT_NE(ran.answer.find("not-utf-8"), std::string::npos) << ran.answer;
  }
}

TEST_F(CheckCommand, SaysWhatItJudgedAgainst) {
  project_.migration("2_do", "DO $$ BEGIN ALTER TABLE users ADD a int; END $$");
  project_.migration("3_next", "ALTER TABLE users ADD COLUMN b int");
  auto const text = project_.run({"check", "migrations/3_next.sql"});
  EXPECT_NE(text.answer.find("judged after 2 migrations of migrations/"), std::string::npos)
      << text.answer;
  EXPECT_NE(text.answer.find("migrations/2_do.sql:1 (DO)"), std::string::npos) << text.answer;
  auto const json = nlohmann::json::parse(
      project_.run({"check", "migrations/3_next.sql", "--format", "json"}).answer);
  auto const& against = json["judged_against"].at(0);
  EXPECT_EQ(against["source"], "migrations");
  EXPECT_EQ(against["replayed"], 2);
  EXPECT_EQ(against["last"], "migrations/2_do.sql");
  EXPECT_EQ(against["not_understood"][0]["line"], 1);
}

// A draft elsewhere is judged after its neighbours, unless another directory is typed.
TEST_F(CheckCommand, TheDirectoryThatIsTypedComesBefore) {
  std::filesystem::create_directories(project_.directory() / "drafts");
  std::ofstream(project_.directory() / "drafts" / "0_t.sql") << "CREATE TABLE t (id int)";
  std::ofstream(project_.directory() / "drafts" / "9_x.sql") << "CREATE INDEX ON users (name)";
  auto const last = [&](std::vector<std::string> const& words) {
    auto const json = nlohmann::json::parse(project_.run(words).answer);
    return json["judged_against"].at(0)["last"].get<std::string>();
  };
  EXPECT_EQ(last({"check", "drafts/9_x.sql", "--format", "json"}), "drafts/0_t.sql");
  EXPECT_EQ(last({"check", "drafts/9_x.sql", "--migrations", "migrations", "--format", "json"}),
            "migrations/1_users.sql");
}

TEST_F(CheckCommand, TakesFilesAndDirectories) {
  project_.migration("2_drop", "ALTER TABLE users DROP COLUMN name");
  std::filesystem::create_directories(project_.directory() / "more");
  std::ofstream(project_.directory() / "more" / "1_x.sql") << "CREATE TABLE x ()";
  auto const ran = project_.run({"check", "migrations/1_users.sql", "more", "--format", "json"});
  EXPECT_EQ(ran.code, 0) << ran.said;
  auto const json = nlohmann::json::parse(ran.answer);
  ASSERT_EQ(json["statements"].size(), 2U);
  EXPECT_EQ(json["summary"]["unsafe"], 0);
}

TEST_F(CheckCommand, PrintsForMachines) {
  project_.migration("2_drop", "ALTER TABLE users\n  DROP COLUMN name");
  auto const github = project_.run({"check", "--format", "github"});
  EXPECT_EQ(github.code, 5);
  EXPECT_EQ(github.answer.find("::error file=migrations/2_drop.sql,line=2,col=3,"), 0U)
      << github.answer;
  auto const sarif = nlohmann::json::parse(project_.run({"check", "--format", "sarif"}).answer);
  EXPECT_EQ(sarif["runs"][0]["results"][0]["ruleId"], "drop-column");
}

TEST_F(CheckCommand, JudgesOnlyWhatHasChangedButReadsWhatComesBefore) {
  project_.migration("2_drop", "ALTER TABLE users DROP COLUMN name");
  git({"init", "-q"});
  git({"add", "."});
  git({"commit", "-q", "-m", "first"});
  project_.migration("3_null", "ALTER TABLE users ALTER COLUMN id SET NOT NULL");
  auto const fresh = project_.run({"check", "--changed-since", "HEAD", "--format", "json"});
  EXPECT_EQ(fresh.code, 0) << fresh.said;
  auto const json = nlohmann::json::parse(fresh.answer);
  ASSERT_EQ(json["statements"].size(), 1U);
  EXPECT_EQ(json["statements"][0]["effects"][0]["scans"], false);  // it knows the primary key

  project_.migration("2_drop", "ALTER TABLE users DROP COLUMN name CASCADE");
  EXPECT_EQ(code({"--changed-since", "HEAD"}), 5);
  EXPECT_EQ(code({"--changed-since", "HEAD", "migrations/1_users.sql"}), 0);
  auto const wrong = project_.run({"check", "--changed-since", "no-such-revision"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.said.find("no-such-revision"), std::string::npos) << wrong.said;
  EXPECT_EQ(code({"--changed-since=--output=stolen"}), 2);
  EXPECT_FALSE(std::filesystem::exists(project_.directory() / "stolen"));
}

TEST_F(CheckCommand, OutsideOfARepositoryThereIsNoChangedSince) {
  auto const ran = project_.run({"check", "--changed-since", "HEAD"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.said.find("git says"), std::string::npos) << ran.said;
}

TEST_F(CheckCommand, ReadsStandardInput) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  std::string const text = std::string(safe) + ";";
  ASSERT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ::close(ends[1]);
  int const kept = ::dup(STDIN_FILENO);
  ::dup2(ends[0], STDIN_FILENO);
  auto const ran = project_.run({"check", "-", "--format", "json"});
  ::dup2(kept, STDIN_FILENO);
  ::close(kept);
  ::close(ends[0]);
  EXPECT_EQ(nlohmann::json::parse(ran.answer)["statements"][0]["file"], "-") << ran.said;
}

TEST_F(CheckCommand, ExplainsRules) {
  EXPECT_NE(project_.run({"explain"}).answer.find("drop-column "), std::string::npos);
  auto const one = project_.run({"explain", "set-not-null"});
  EXPECT_EQ(one.code, 0);
  EXPECT_EQ(one.answer.find("set-not-null: "), 0U);
  auto const typo = project_.run({"explain", "set-not-nul"});
  EXPECT_EQ(typo.code, 2);
  EXPECT_NE(typo.said.find("did you mean `bellows explain set-not-null`"), std::string::npos);
}

}  // namespace
}  // namespace bellows::test::check_command_test
