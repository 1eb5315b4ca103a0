#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>

/// Random statements, and whether `check` says of each what the server does.
namespace bellows::agree {

struct Campaign {
  std::uint64_t seed = 1;
  std::uint64_t count = 400;            // migrations
  std::optional<std::uint64_t> only{};  // of them, this one alone, told in full
  /// Whether a refusal that check does not foresee counts as wrong; else only what it claims and
  /// the server does not do, and locks and work that it does not tell.
  bool unforeseen = true;
};

struct Tally {
  std::uint64_t statements = 0;
  std::uint64_t agreed = 0;
  std::uint64_t depends = 0;
  std::uint64_t unparsed = 0;
  std::uint64_t rows = 0;  // refused for the rows there are
  std::uint64_t wrong = 0;
  std::uint64_t overstated = 0;
  std::uint64_t other_state = 0;
};

/// On the server of BELLOWS_TEST_DSN. Each wrong one is written to `out`, with both answers.
Tally run(Campaign const& campaign, std::ostream& out);

}  // namespace bellows::agree
