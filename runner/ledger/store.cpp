#include "runner/ledger/store.hpp"

#include <array>
#include <stdexcept>
#include <unistd.h>

namespace bellows::runner {
namespace {

using postgres::Parameter;
using postgres::Rows;

constexpr std::array<std::string_view, 11> state_names{
    "pending",    "expanding", "expanded", "backfilling", "backfilled", "contracting",
    "contracted", "aborting",  "aborted",  "failed",      "paused"};
constexpr std::array<std::string_view, 3> phase_names{"expand", "backfill", "contract"};
constexpr std::array<std::string_view, 3> step_names{"began", "done", "undone"};

template <typename Enum, std::size_t size>
Enum from_name(std::array<std::string_view, size> const& names, std::string_view text) {
  for (std::size_t i = 0; i < size; ++i) {
    if (names.at(i) == text) {
      return static_cast<Enum>(i);
    }
  }
  throw std::invalid_argument("the ledger holds '" + std::string{text} +
                              "', which this bellows does not know");
}

constexpr char const* columns =
    "SELECT name, meaning, plan, state, phase, coalesce(release, ''), coalesce(failed_step, ''), "
    "coalesce(sqlstate, ''), coalesce(message, ''), to_char(changed_at, 'YYYY-MM-DD HH24:MI:SS "
    "TZ') "
    "FROM bellows.migrations";

MigrationRow row_at(Rows const& rows, std::size_t i) {
  return {.name = rows.text(i, 0),
          .meaning = rows.text(i, 1),
          .plan = rows.text(i, 2),
          .state = state_from(rows.text(i, 3)),
          .phase = from_name<Phase>(phase_names, rows.text(i, 4)),
          .release = rows.text(i, 5),
          .failed_step = rows.text(i, 6),
          .sqlstate = rows.text(i, 7),
          .message = rows.text(i, 8),
          .changed_at = rows.text(i, 9)};
}

}  // namespace

std::string_view to_string(State state) {
  return state_names.at(static_cast<std::size_t>(state));
}
State state_from(std::string_view text) {
  return from_name<State>(state_names, text);
}
std::string_view to_string(Phase phase) {
  return phase_names.at(static_cast<std::size_t>(phase));
}

std::map<std::string, MigrationRow> read_migrations(postgres::Session& session) {
  Rows const rows = session.run(columns);
  std::map<std::string, MigrationRow> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    MigrationRow row = row_at(rows, i);
    all.emplace(row.name, std::move(row));
  }
  return all;
}

std::optional<MigrationRow> read_migration_row(postgres::Session& session,
                                               std::string const& name) {
  Rows const rows = session.run(std::string{columns} + " WHERE name = $1", {name});
  if (rows.empty()) {
    return std::nullopt;
  }
  return row_at(rows, 0);
}

std::map<std::string, StepState> read_steps(postgres::Session& session,
                                            std::string const& migration) {
  Rows const rows =
      session.run("SELECT step, state FROM bellows.steps WHERE migration = $1", {migration});
  std::map<std::string, StepState> steps;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    steps.emplace(rows.text(i, 0), from_name<StepState>(step_names, rows.text(i, 1)));
  }
  return steps;
}

Origin Origin::here() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return {.host = name.data(), .pid = ::getpid()};
}

void Journal::start(MigrationRow const& row) {
  transaction_.run("DELETE FROM bellows.migrations WHERE name = $1 AND state = 'aborted'",
                   {row.name});
  Parameter const release = row.release.empty() ? Parameter{} : Parameter{row.release};
  transaction_.run(
      "INSERT INTO bellows.migrations (name, meaning, plan, state, phase, release) VALUES ($1, $2, "
      "$3, $4, $5, $6)",
      {row.name, row.meaning, row.plan, std::string{to_string(row.state)},
       std::string{to_string(row.phase)}, release});
  event(row.name, "", to_string(row.state), row.release.empty() ? "" : "release " + row.release);
}

void Journal::mended(std::string const& migration, std::string const& meaning,
                     std::string const& plan) {
  transaction_.run("UPDATE bellows.migrations SET meaning = $2, plan = $3 WHERE name = $1",
                   {migration, meaning, plan});
  event(migration, "", "mended", meaning);
}

void Journal::state(std::string const& migration, State state, Phase phase) {
  transaction_.run(
      "UPDATE bellows.migrations SET state = $2, phase = $3, failed_step = NULL, sqlstate = NULL, "
      "message = NULL, "
      "changed_at = clock_timestamp() WHERE name = $1",
      {migration, std::string{to_string(state)}, std::string{to_string(phase)}});
  event(migration, "", to_string(state), "");
}

void Journal::not_begun(std::string const& migration, State state, Phase phase) {
  std::string const name{to_string(state)};
  transaction_.run(
      "UPDATE bellows.migrations SET state = $2, phase = $3, changed_at = coalesce((SELECT max(at) "
      "FROM bellows.events WHERE migration = $1 AND what = $2 AND step IS NULL), changed_at) WHERE "
      "name = $1",
      {migration, name, std::string{to_string(phase)}});
  event(migration, "", "not begun", "still " + name);
}

void Journal::stamp(std::string const& migration, std::string const& release) {
  transaction_.run("UPDATE bellows.migrations SET release = $2 WHERE name = $1",
                   {migration, release});
  event(migration, "", "release", release);
}

void Journal::failed(std::string const& migration, std::string const& step,
                     std::string const& sqlstate, std::string const& message) {
  transaction_.run(
      "UPDATE bellows.migrations SET state = 'failed', failed_step = $2, sqlstate = $3, message = "
      "$4, "
      "changed_at = clock_timestamp() WHERE name = $1",
      {migration, step, sqlstate, message});
  event(migration, step, "failed", message);
}

void Journal::step(std::string const& migration, std::string const& step, StepState state) {
  std::string const name{step_names.at(static_cast<std::size_t>(state))};
  transaction_.run(
      "INSERT INTO bellows.steps AS s (migration, step, state) VALUES ($1, $2, $3) "
      "ON CONFLICT (migration, step) DO UPDATE SET state = excluded.state, "
      "began_at = CASE WHEN excluded.state = 'began' THEN clock_timestamp() ELSE s.began_at END, "
      "ended_at = CASE WHEN excluded.state = 'began' THEN NULL ELSE clock_timestamp() END",
      {migration, step, name});
  event(migration, step, "step " + name, "");
}

void Journal::event(std::string const& migration, std::string const& step, std::string_view what,
                    std::string const& detail) {
  transaction_.run(
      "INSERT INTO bellows.events (migration, step, what, detail, from_host, from_pid) "
      "VALUES ($1, nullif($2, ''), $3, $4, $5, $6::bigint)",
      {migration, step, std::string{what}, detail, origin_.host, std::to_string(origin_.pid)});
}

std::optional<Ending> read_ending(postgres::Session& session, std::string const& migration) {
  Rows const rows = session.run(
      "SELECT what, coalesce(step, ''), detail, to_char(at, 'YYYY-MM-DD HH24:MI:SS TZ') FROM "
      "(SELECT * FROM bellows.events WHERE migration = $1 ORDER BY id DESC LIMIT 1) AS last WHERE "
      "what IN ('stopped', 'failed, nothing changed')",
      {migration});
  if (rows.empty()) {
    return std::nullopt;
  }
  return Ending{rows.text(0, 0), rows.text(0, 1), rows.text(0, 2), rows.text(0, 3)};
}

std::optional<GateReading> read_gate(postgres::Session& session, std::string const& migration,
                                     std::string const& step) {
  Rows const rows = session.run(
      "SELECT reading, extract(epoch FROM clock_timestamp() - since)::float8 FROM bellows.gates "
      "WHERE migration = $1 AND step = $2",
      {migration, step});
  if (rows.empty()) {
    return std::nullopt;
  }
  return GateReading{.reading = rows.number(0, 0), .quiet_seconds = std::stod(rows.text(0, 1))};
}

GateReading note_gate(postgres::Transaction& transaction, std::string const& migration,
                      std::string const& step, std::int64_t reading) {
  Rows const rows = transaction.run(
      "INSERT INTO bellows.gates AS g (migration, step, reading, since) VALUES ($1, $2, "
      "$3::bigint, clock_timestamp()) "
      "ON CONFLICT (migration, step) DO UPDATE SET reading = excluded.reading, "
      "since = CASE WHEN g.reading = excluded.reading THEN g.since ELSE excluded.since END "
      "RETURNING reading, extract(epoch FROM clock_timestamp() - since)::float8",
      {migration, step, std::to_string(reading)});
  return {.reading = rows.number(0, 0), .quiet_seconds = std::stod(rows.text(0, 1))};
}

}  // namespace bellows::runner
