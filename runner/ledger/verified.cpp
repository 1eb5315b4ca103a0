#include "runner/ledger/verified.hpp"

#include <nlohmann/json.hpp>

namespace bellows::runner {

using batcher::VerifiedRange;

std::vector<std::string> const& verified_tables_ddl() {
  static std::vector<std::string> const statements{R"(CREATE TABLE bellows.verified (
  job text NOT NULL,
  range integer NOT NULL,
  upto_key jsonb NOT NULL,
  rows bigint NOT NULL,
  differing bigint NOT NULL,
  hash bigint NOT NULL,
  verified_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (job, range)))"};
  return statements;
}

void keep_verified(postgres::Transaction& transaction, std::string const& job,
                   std::vector<VerifiedRange> const& ranges) {
  forget_verified(transaction, job);
  nlohmann::json all = nlohmann::json::array();
  for (VerifiedRange const& range : ranges) {
    all.push_back({{"range", all.size()},
                   {"upto_key", range.upto},
                   {"rows", range.rows},
                   {"differing", range.differing},
                   {"hash", range.hash}});
  }
  transaction.run(
      "INSERT INTO bellows.verified (job, range, upto_key, rows, differing, hash)"
      " SELECT $1, range, upto_key, rows, differing, hash FROM jsonb_to_recordset($2::jsonb)"
      " AS each (range int, upto_key jsonb, rows bigint, differing bigint, hash bigint)",
      {job, all.dump()});
}

std::vector<VerifiedRange> read_verified(postgres::Session& session, std::string const& job) {
  if (!session.run("SELECT to_regclass('bellows.verified')").value(0, 0)) {
    return {};
  }
  auto const rows = session.run(
      "SELECT upto_key, rows, differing, hash FROM bellows.verified WHERE job = $1 ORDER BY range",
      {job});
  std::vector<VerifiedRange> ranges;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    ranges.push_back({batcher::key_from_json(rows.text(row, 0)), rows.number(row, 1),
                      rows.number(row, 2), rows.number(row, 3)});
  }
  return ranges;
}

std::vector<std::string> const& verify_outcome_tables_ddl() {
  static std::vector<std::string> const statements{R"(CREATE TABLE bellows.verify_outcomes (
  migration text PRIMARY KEY REFERENCES bellows.migrations ON DELETE CASCADE,
  rows bigint NOT NULL,
  differing bigint NOT NULL,
  example text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  by_user text NOT NULL DEFAULT session_user))"};
  return statements;
}

void keep_outcome(postgres::Transaction& transaction, std::string const& migration,
                  VerifyOutcome const& outcome) {
  transaction.run(
      "INSERT INTO bellows.verify_outcomes (migration, rows, differing, example) VALUES ($1, "
      "$2::bigint, $3::bigint, $4) ON CONFLICT (migration) DO UPDATE SET rows = excluded.rows, "
      "differing = excluded.differing, example = excluded.example, at = excluded.at, "
      "by_user = excluded.by_user",
      {migration, std::to_string(outcome.rows), std::to_string(outcome.differing),
       outcome.example});
}

std::optional<VerifyOutcome> read_outcome(postgres::Session& session,
                                          std::string const& migration) {
  if (!session.run("SELECT to_regclass('bellows.verify_outcomes')").value(0, 0)) {
    return std::nullopt;
  }
  auto const rows = session.run(
      "SELECT rows, differing, example, to_char(at, 'YYYY-MM-DD HH24:MI:SS TZ') FROM "
      "bellows.verify_outcomes WHERE migration = $1",
      {migration});
  if (rows.empty()) {
    return std::nullopt;
  }
  return VerifyOutcome{rows.number(0, 0), rows.number(0, 1), rows.text(0, 2), rows.text(0, 3)};
}

void forget_verified(postgres::Transaction& transaction, std::string const& job) {
  transaction.run("DELETE FROM bellows.verified WHERE job = $1", {job});
}

}  // namespace bellows::runner
