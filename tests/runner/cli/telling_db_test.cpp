#include "tests/support/http.hpp"
#include "tests/support/project.hpp"
#include "tests/support/temp_database.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <fstream>
#include <regex>
#include <sstream>

/// What a run tells while it works: over HTTP, in a file, as lines of JSON.
namespace bellows::test::telling_db_test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string text_of(fs::path const& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<Json> objects_of(std::string const& lines) {
  std::vector<Json> objects;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    objects.push_back(Json::parse(line));
  }
  return objects;
}

class Telling : public testing::Test {
 protected:
  void SetUp() override {
    db_.run("CREATE TABLE t (id int PRIMARY KEY, name text, copy text)");
    db_.run("INSERT INTO t SELECT i, 'name ' || i FROM generate_series(1, 2000) AS i");
    project_.migration("20260101000000_fill", "UPDATE t SET copy = upper(name);\n");
    project_.run({"plan", "--database-url", db_.conninfo()});
  }
  /// A run that waits at row 1500 until release().
  int start_held(std::vector<std::string> arguments) {
    holding_.emplace(holder_.begin());
    holding_->run("SELECT FROM t WHERE id = 1500 FOR UPDATE");
    arguments.insert(arguments.begin(), {"up", "--batch-rows", "100", "--batch-max-rows", "100"});
    return project_.start(arguments);
  }
  void release() { holding_.reset(); }
  std::string said(int pid) const {
    return text_of(project_.directory() / ("said." + std::to_string(pid)));
  }

  TempDatabase db_;
  Project project_{db_.conninfo()};
  postgres::Session holder_ = db_.session();
  std::optional<postgres::Transaction> holding_;
};

TEST_F(Telling, MetricsAreServedWhileAJobRuns) {
  int const pid = start_held({"--metrics-listen", "0"});
  std::smatch url;
  std::string heard;
  wait_until(
      [&] {
        heard = said(pid);
        return std::regex_search(heard, url, std::regex("http://127.0.0.1:([0-9]+)/metrics"));
      },
      "the place of the metrics");
  int const port = std::stoi(url[1]);
  std::string answer;
  wait_until(
      [&] {
        answer = exchange(port, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        return std::regex_search(answer,
                                 std::regex("bellows_job_waiting\\{job=\"[^\"]*/update\"\\} 1")) &&
               std::regex_search(
                   answer, std::regex("bellows_job_rows_written_total\\{job=[^}]*\\} 1[0-9]{3}\n"));
      },
      "a run that waits for the row that is held, and says so");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK")) << answer;
  EXPECT_TRUE(
      std::regex_search(answer, std::regex("bellows_events_total\\{event=\"batch committed\"\\}")));
  release();
  Ran const ran = project_.wait(pid);
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_THROW(exchange(port, "x"), std::runtime_error) << "it ends with the run";
}

TEST_F(Telling, MetricsFileIsThereFromTheStartAndTrueAtTheEnd) {
  fs::path const file = project_.directory() / "bellows.prom";
  int const pid = start_held({"--metrics-file", file.string()});
  wait_until([&] { return text_of(file).find("bellows_build_info") != std::string::npos; },
             "the file");
  release();
  ASSERT_EQ(project_.wait(pid).code, 0);
  std::string const text = text_of(file);
  EXPECT_TRUE(std::regex_search(text, std::regex("bellows_job_finished\\{job=[^}]*\\} 1\n")));
  EXPECT_TRUE(
      std::regex_search(text, std::regex("bellows_job_rows_written_total\\{job=[^}]*\\} 2000\n")))
      << text;
  for (auto const& entry : fs::directory_iterator(project_.directory())) {
    EXPECT_NE(entry.path().extension(), ".new") << "left behind";
  }
}

TEST_F(Telling, APlaceThatCanNotBeHadIsSaidBeforeAnythingRuns) {
  for (std::vector<std::string> const& wrong :
       {std::vector<std::string>{"--metrics-listen", "nowhere"},
        {"--metrics-listen", "203.0.113.1:1"},
        {"--metrics-file", "/no/such/directory/m.prom"}}) {
    std::vector<std::string> command{"up"};
    command.insert(command.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(project_.run(command).code, 2) << wrong[1];
  }
  EXPECT_EQ(db_.value("SELECT to_regnamespace('bellows')"), "");
}

TEST_F(Telling, EventsAsJsonAreAnObjectALine) {
  Ran const ran = project_.run({"up", "--events-format", "json", "-v"});
  ASSERT_EQ(ran.code, 0) << ran.said;
  std::map<std::string, Json> last;
  for (Json const& object : objects_of(ran.said)) {
    EXPECT_TRUE(std::regex_match(
        object.at("at").get<std::string>(),
        std::regex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z")));
    last[object.at("event").get<std::string>()] = object;
  }
  for (char const* event : {"lease taken", "step begins", "job finished", "step ended", "said"}) {
    EXPECT_EQ(last.count(event), 1U) << event << "\n" << ran.said;
  }
  ASSERT_EQ(last.count("progress"), 1U) << ran.said;
  EXPECT_EQ(last["progress"].at("finished"), true);
  EXPECT_EQ(last["progress"].at("rows_written"), 2000);
  EXPECT_EQ(last["progress"].at("share"), 1.0);
}

TEST_F(Telling, AFailureIsTheLastObject) {
  project_.migration("20260102000000_bad", "SELECT 1 / 0;\n");
  Ran const ran = project_.run({"up", "--events-format", "json"});
  ASSERT_EQ(ran.code, 7) << ran.said;  // the first one is through
  Json const last = objects_of(ran.said).back();
  EXPECT_EQ(last.at("event"), "failed");
  EXPECT_EQ(last.at("exit_code"), 7);
  EXPECT_NE(last.at("message").get<std::string>().find("division by zero"), std::string::npos);
  EXPECT_FALSE(last.at("next").get<std::string>().empty());
}

TEST_F(Telling, StatusIsWatchedUntilItIsStopped) {
  int const pid = project_.start({"status", "--watch"});
  fs::path const answer = project_.directory() / ("answer." + std::to_string(pid));
  wait_until([&] { return text_of(answer).find("1 pending") != std::string::npos; }, "a look");
  ASSERT_EQ(project_.run({"up"}).code, 0);
  wait_until([&] { return text_of(answer).find("1 of 1 done") != std::string::npos; },
             "a later look");
  ::kill(pid, SIGTERM);
  EXPECT_EQ(project_.wait(pid).code, 0);
}

TEST_F(Telling, AWatchShowsWhatHoldsARun) {
  ASSERT_EQ(project_.run({"up", "--max-hold", "1s", "--throttle-query", "SELECT true, 'tea'"}).code,
            12);
  int const watch = project_.start({"status", "--watch"});
  fs::path const answer = project_.directory() / ("answer." + std::to_string(watch));
  int const run = project_.start({"resume", "--max-hold", "1h"});
  wait_until([&] { return text_of(answer).find("held for ") != std::string::npos; }, "the hold");
  wait_until([&] { return text_of(answer).find("throttle query: tea") != std::string::npos; },
             "why");
  wait_until(
      [&] {
        return text_of(answer).find("next: see what your --throttle-query looks at") !=
               std::string::npos;
      },
      "what to do");
  ::kill(run, SIGTERM);
  ::kill(watch, SIGTERM);
  EXPECT_EQ(project_.wait(run).code, 143);
  EXPECT_EQ(project_.wait(watch).code, 0);
}

}  // namespace
}  // namespace bellows::test::telling_db_test
