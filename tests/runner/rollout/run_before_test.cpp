#include "runner/rollout/run_before.hpp"

#include <gtest/gtest.h>

namespace bellows::runner::run_before_test {
namespace {

MigrationRow row(std::string const& name, std::string const& meaning,
                 State state = State::Contracted) {
  MigrationRow row;
  row.name = name;
  row.meaning = meaning;
  row.state = state;
  return row;
}

std::string found(std::string const& name, std::string const& meaning,
                  std::vector<std::string> const& names, std::vector<MigrationRow> const& ran) {
  LedgerRows rows;
  for (MigrationRow const& each : ran) {
    rows[each.name] = each;
  }
  auto const before = run_before(name, meaning, names, rows);
  return before ? before->name + (before->same_statements ? " statements" : " digits") : "";
}

TEST(RunBefore, ByDigitsOrByStatementsOfWhatHasNoFile) {
  auto const old = row("7_bump", "m");
  EXPECT_EQ(found("7_bump2", "n", {"7_bump2"}, {old}), "7_bump digits");
  EXPECT_EQ(found("7_bump2", "m", {"7_bump2"}, {old}), "7_bump statements");
  EXPECT_EQ(found("8_other", "m", {"8_other"}, {old}), "7_bump statements");
  EXPECT_EQ(found("8_other", "m", {"8_other"}, {row("8_one", "n"), row("9_two", "m")}),
            "9_two statements");
  EXPECT_EQ(found("8_other", "n", {"8_other"}, {old}), "");
  EXPECT_EQ(found("77_other", "n", {"77_other"}, {old}), "");
}

TEST(RunBefore, NotOfWhatIsHereOrWasTakenBackOrHasNoDigits) {
  EXPECT_EQ(found("7_bump2", "m", {"7_bump", "7_bump2"}, {row("7_bump", "m")}), "");
  EXPECT_EQ(found("7_bump2", "m", {"7_bump2"}, {row("7_bump", "m", State::Aborted)}), "");
  EXPECT_EQ(found("bump2", "n", {"bump2"}, {row("bump", "m")}), "");
}

}  // namespace
}  // namespace bellows::runner::run_before_test
