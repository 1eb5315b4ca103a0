#include "runner/ledger/hold.hpp"

#include <nlohmann/json.hpp>

namespace bellows::runner {
namespace {

std::string json_of(Hold const& hold) {
  nlohmann::json const json{{"job", hold.job},
                            {"kind", hold.kind},
                            {"why", hold.why},
                            {"next", hold.next},
                            {"slowed", hold.slowed}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::vector<std::string> const& hold_columns_ddl() {
  static std::vector<std::string> const statements{
      "ALTER TABLE bellows.lease ADD COLUMN hold jsonb, ADD COLUMN hold_since timestamptz"};
  return statements;
}

void write_hold(postgres::Session& session, std::int64_t token, std::optional<Hold> const& hold) {
  session.run(
      "UPDATE bellows.lease SET heartbeat = clock_timestamp(), hold = $2::jsonb, hold_since = CASE "
      "WHEN $2::jsonb IS NULL THEN NULL WHEN hold->>'kind' = $2::jsonb->>'kind' AND hold->>'job' = "
      "$2::jsonb->>'job' THEN hold_since ELSE clock_timestamp() END WHERE token = $1::bigint",
      {std::to_string(token), hold ? postgres::Parameter(json_of(*hold)) : std::nullopt});
}

std::optional<HoldSince> read_hold(postgres::Session& session) {
  auto const known = session.run(
      "SELECT count(*) FROM pg_catalog.pg_attribute WHERE attrelid = "
      "to_regclass('bellows.lease') AND attname = 'hold' AND NOT attisdropped");
  if (known.number(0, 0) == 0) {
    return std::nullopt;
  }
  auto const rows = session.run(
      "SELECT hold->>'job', hold->>'kind', hold->>'why', hold->>'next', hold->>'slowed', "
      "extract(epoch FROM clock_timestamp() - hold_since)::bigint FROM bellows.lease WHERE hold IS "
      "NOT NULL");
  if (rows.empty()) {
    return std::nullopt;
  }
  return HoldSince{{.job = rows.text(0, 0),
                    .kind = rows.text(0, 1),
                    .why = rows.text(0, 2),
                    .next = rows.text(0, 3),
                    .slowed = rows.text(0, 4) == "true"},
                   rows.number(0, 5)};
}

}  // namespace bellows::runner
