#include "runner/cli/options.hpp"

#include <gtest/gtest.h>

namespace bellows::runner::options_test {
namespace {

using std::chrono::milliseconds;

std::string error_of(std::vector<std::string> const& arguments) {
  try {
    Options::parse(arguments, {});
  } catch (UsageError const& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Options, AFlagOutranksTheEnvironmentAndThatTheDefault) {
  std::map<std::string, std::string> const environment{{"BELLOWS_LOCK_WAIT", "5s"},
                                                       {"BELLOWS_BATCH_ROWS", "7"}};
  Options const options = Options::parse({"up", "--lock-wait", "2m"}, environment);
  EXPECT_EQ(options.duration("lock-wait"), milliseconds{120'000});
  EXPECT_EQ(options.number("batch-rows"), 7);
  EXPECT_EQ(options.number("batch-max-rows"), 50'000);
}

TEST(Options, NumbersAndSharesHaveBounds) {
  Options const options = Options::parse({"up", "--lanes", "4", "--vacuum-share", "0.25"}, {});
  EXPECT_EQ(options.number("lanes", 1, 64), 4);
  EXPECT_EQ(options.share("vacuum-share"), 0.25);
  EXPECT_THROW(options.number("lanes", 5, 64), UsageError);
  EXPECT_THROW(options.number("lanes", 1, 3), UsageError);
  for (char const* wrong : {"1.5", "-0.1", "a tenth", "", "nan"}) {
    EXPECT_THROW(Options::parse({"up", "--vacuum-share", wrong}, {}).share("vacuum-share"),
                 UsageError)
        << wrong;
  }
}

TEST(Options, FlagsMayStandAnywhere) {
  Options const options = Options::parse({"--quiet", "plan", "one", "--print", "two"}, {});
  EXPECT_EQ(options.command(), "plan");
  EXPECT_EQ(options.operands(), (std::vector<std::string>{"one", "two"}));
  EXPECT_TRUE(options.flag("print"));
}

TEST(Options, DatabaseUrlComesFromBothVariables) {
  EXPECT_EQ(Options::parse({"up"}, {{"DATABASE_URL", "a"}}).text("database-url"), "a");
  EXPECT_EQ(Options::parse({"up"}, {{"DATABASE_URL", "a"}, {"BELLOWS_DATABASE_URL", "b"}})
                .text("database-url"),
            "b");
}

TEST(Options, AnOptionIsNoValueOfAnother) {
  EXPECT_NE(error_of({"up", "--release", "--dry-run"})
                .find("--release wants a value, and --dry-run stands there"),
            std::string::npos);
  EXPECT_NE(error_of({"up", "--because", "-v"}), "accepted");
  EXPECT_EQ(error_of({"up", "--release=--odd"}), "accepted");
  EXPECT_EQ(Options::parse({"check", "-"}, {}).operands(), std::vector<std::string>{"-"});
}

TEST(Options, MistakesAreNamed) {
  EXPECT_NE(error_of({"up", "--lock-wiat", "1s"}).find("did you mean --lock-wait?"),
            std::string::npos);
  EXPECT_NE(error_of({"status", "--release", "3"}).find("`bellows status` has no option --release"),
            std::string::npos);
  EXPECT_NE(error_of({"up", "--lock", "1s"}).find("there is no option"), std::string::npos)
      << "no prefixes";
}

TEST(Options, ASecretIsNotExplained) {
  std::string const told =
      Options::parse({"up"}, {{"DATABASE_URL", "postgres://u:geheim@h/d"}}).explain();
  EXPECT_EQ(told.find("geheim"), std::string::npos);
  EXPECT_NE(told.find("DATABASE_URL"), std::string::npos);
}

TEST(Options, Durations) {
  EXPECT_EQ(parse_duration("250ms"), milliseconds{250});
  EXPECT_EQ(parse_duration("3"), milliseconds{3'000});
  EXPECT_EQ(parse_duration("1h"), milliseconds{3'600'000});
  for (char const* text : {"", "s", "-1s", "1d", "1.5s", "99999999999h"}) {
    EXPECT_THROW(parse_duration(text), UsageError) << text;
  }
}

TEST(Options, TheNearestNameIsNotAnyName) {
  std::vector<std::string> const known{"contract", "status", "up"};
  EXPECT_EQ(nearest("contrat", known), "contract");
  EXPECT_EQ(nearest("xylophone", known), std::nullopt);
}

}  // namespace
}  // namespace bellows::runner::options_test
