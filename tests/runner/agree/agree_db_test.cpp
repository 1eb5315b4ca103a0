#include "tests/runner/agree/campaign.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>

/// `check` says of random statements what the server does with them. Here a few hundred;
/// `scripts/matrix agree` tries as many as one likes, on each version.
namespace bellows::agree::agree_db_test {
namespace {

std::optional<std::uint64_t> number_of(char const* variable) {
  char const* text = std::getenv(variable);
  return text == nullptr ? std::nullopt : std::optional<std::uint64_t>(std::stoull(text));
}

TEST(Agree, CheckSaysWhatTheServerDoes) {
  Campaign campaign;
  campaign.unforeseen = std::getenv("BELLOWS_AGREE_SEED") != nullptr;
  campaign.seed = number_of("BELLOWS_AGREE_SEED").value_or(campaign.seed);
  campaign.count = number_of("BELLOWS_AGREE_COUNT").value_or(campaign.count);
  campaign.only = number_of("BELLOWS_AGREE_ONLY");
  Tally const tally = run(campaign, std::cout);
  // scripts/matrix reads this line.
  std::cout << "agree: " << tally.statements << " statements, " << tally.agreed << " agreed, "
            << tally.depends << " depend, " << tally.unparsed << " unparsed, " << tally.rows
            << " for rows, " << tally.other_state << " other state, " << tally.overstated
            << " overstated, " << tally.wrong << " wrong\n";
  EXPECT_EQ(tally.wrong, 0U);
  EXPECT_GE(tally.statements, campaign.only ? 1U : campaign.count);
}

}  // namespace
}  // namespace bellows::agree::agree_db_test
