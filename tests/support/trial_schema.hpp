#pragma once

#include "planner/rules/review.hpp"
#include "tests/support/temp_database.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bellows::test {

/// A database on which migrations are tried one after the other, and judged by the live catalog and
/// by a replay of the same statements, side by side.
class TrialSchema {
 public:
  struct Outcome {
    std::vector<rules::Reviewed> live;
    std::vector<rules::Reviewed> replayed;
    std::string sqlstate;  // of the statement that the server refused; empty: it took all of them
    std::string message;
  };

  TrialSchema();
  /// Everything goes; then `scene`, statement by statement.
  void reset(std::string_view scene);
  /// What shares a transaction shares one; CONCURRENTLY and its kin run alone. Rolled back where
  /// the server refuses. `conduct`: of whom it is judged for.
  Outcome carry_out(std::string_view migration, rules::Conduct const& conduct = {});

  postgres::Session& session() { return session_; }

 private:
  TempDatabase database_;
  postgres::Session session_;
  catalog::Catalog replayed_;
};

}  // namespace bellows::test
