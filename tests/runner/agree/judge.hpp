#pragma once

#include "planner/rules/review.hpp"
#include "tests/runner/agree/server.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// Compares what `check` says of a statement with what the server did.
namespace bellows::agree {

enum class Agreement : std::uint8_t {
  Agrees,
  Depends,   // check names a doubt
  Unparsed,  // newer than the linked grammar, or no SQL
  Rows,      // refused for the rows there are
  Wrong,
};

struct Judged {
  Agreement agreement = Agreement::Agrees;
  std::vector<std::string> wrong;  // a line each
  std::vector<std::string> overstated;
  bool other_state = false;  // refused by both, with another SQLSTATE
};

/// The states of statements that the catalog tells enough to foresee.
bool is_foreseeable(std::string const& sqlstate);

/// `alone`: nothing came before it in its transaction. `for_rows` tells whether the server refused
/// it for the rows there are; asked only where it matters.
Judged judge(rules::Reviewed const& said, Answer const& answer, bool alone,
             std::function<bool()> const& for_rows);

/// What check says, in a line: "brief; add-unique, depends".
std::string in_words(rules::Reviewed const& said);

}  // namespace bellows::agree
