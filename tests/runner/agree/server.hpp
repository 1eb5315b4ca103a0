#pragma once

#include "tests/support/observed_locks.hpp"
#include "tests/support/temp_database.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// What a real server says of a migration's statements.
namespace bellows::agree {

struct Answer {
  std::string sqlstate;  // empty: it was taken
  std::string message;
  std::optional<test::Observations> seen;  // of one that was taken in a transaction
};

/// In one transaction, which is rolled back; up to the first one that is refused.
std::vector<Answer> in_transaction(postgres::Session& session,
                                   std::span<std::string const> statements);

/// One statement alone in a database of its own, a copy of `scene`.
Answer alone(test::TempDatabase const& scene, std::string const& statement);

/// Whether the last statement of `statements` is taken where no table has a row: then it was the
/// rows that it was refused for, which no catalog tells.
bool fails_for_rows(postgres::Session& session, std::span<std::string const> statements);

}  // namespace bellows::agree
