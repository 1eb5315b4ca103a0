#include "runner/ledger/schema.hpp"

#include "batcher/control/controls.hpp"
#include "batcher/control/replica_memory.hpp"
#include "batcher/job/job.hpp"
#include "runner/ledger/hold.hpp"
#include "runner/ledger/relations.hpp"
#include "runner/ledger/releases.hpp"
#include "runner/ledger/run_limits.hpp"
#include "runner/ledger/verified.hpp"

#include <fmt/core.h>

#include <stdexcept>
#include <vector>

namespace bellows::runner {
namespace {

using Statements = std::vector<std::string>;

// Version 1. Later versions are appended, never edited: a ledger in production has run these.
Statements version_1() {
  Statements statements{
      R"(CREATE TABLE bellows.migrations (
  name text PRIMARY KEY,
  meaning text NOT NULL,
  plan text NOT NULL,
  state text NOT NULL,
  phase text NOT NULL,
  release text,
  failed_step text,
  sqlstate text,
  message text,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp()))",
      R"(CREATE TABLE bellows.steps (
  migration text NOT NULL REFERENCES bellows.migrations ON DELETE CASCADE,
  step text NOT NULL,
  state text NOT NULL,
  began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  PRIMARY KEY (migration, step)))",
      R"(CREATE TABLE bellows.gates (
  migration text NOT NULL REFERENCES bellows.migrations ON DELETE CASCADE,
  step text NOT NULL,
  reading bigint NOT NULL,
  since timestamptz NOT NULL,
  PRIMARY KEY (migration, step)))",
      R"(CREATE TABLE bellows.events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  migration text,
  step text,
  what text NOT NULL,
  detail text NOT NULL DEFAULT '',
  by_user text NOT NULL DEFAULT session_user,
  from_host text NOT NULL DEFAULT '',
  from_pid bigint NOT NULL DEFAULT 0))",
      // `token` is unique so that changing it takes the strong row lock: a takeover waits for the
      // step that the previous holder still has open, while heartbeats do not (they change no key).
      R"(CREATE TABLE bellows.lease (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  token bigint NOT NULL UNIQUE,
  host text NOT NULL,
  pid bigint NOT NULL,
  command text NOT NULL,
  taken_at timestamptz NOT NULL,
  heartbeat timestamptz NOT NULL))",
  };
  Statements const& jobs = batcher::job_tables_ddl();
  statements.insert(statements.end(), jobs.begin(), jobs.end());
  return statements;
}

std::vector<Statements> const& versions() {
  static std::vector<Statements> const all{
      version_1(),           batcher::control_tables_ddl(), batcher::letter_tables_ddl(),
      verified_tables_ddl(), release_tables_ddl(),          verify_outcome_tables_ddl(),
      hold_columns_ddl(),    run_limit_tables_ddl(),        batcher::replica_tables_ddl(),
      relation_tables_ddl(), batcher::pause_columns_ddl(),  deployment_columns_ddl(),
      deployment_end_ddl()};
  return all;
}

int read_version(postgres::Transaction& transaction) {
  auto const rows = transaction.run("SELECT coalesce(max(version), 0) FROM bellows.version");
  return static_cast<int>(rows.number(0, 0));
}

}  // namespace

bool ledger_exists(postgres::Session& session) {
  return session
      .run(
          "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
          "ON n.oid = c.relnamespace WHERE n.nspname = 'bellows' AND c.relname = 'lease')")
      .truth(0, 0);
}

void ask_for_ledger(postgres::Session& session) {
  session.run(
      "SELECT FROM bellows.migrations, bellows.steps, bellows.gates, bellows.events, bellows.jobs, "
      "bellows.lanes, bellows.controls, bellows.releases, bellows.lease LIMIT 0");
}

void migrate_ledger(postgres::Session& session) {
  int const newest = static_cast<int>(versions().size());
  auto transaction = session.begin();
  // Two first runs at once: CREATE SCHEMA IF NOT EXISTS alone would fail one of them with 23505.
  transaction.run("SELECT pg_advisory_xact_lock(hashtext('bellows ledger'))");
  auto const there = transaction.run(
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'bellows'), "
      "EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
      "c.relnamespace WHERE n.nspname = 'bellows' AND c.relname = 'version')");
  if (!there.truth(0, 0)) {
    transaction.run("CREATE SCHEMA bellows");
  }
  if (!there.truth(0, 1)) {  // the schema alone: somebody with more rights has made it for us
    transaction.run(
        "CREATE TABLE bellows.version (version int PRIMARY KEY, at timestamptz NOT NULL DEFAULT "
        "now())");
  }
  int const found = read_version(transaction);
  if (found > newest) {
    throw std::runtime_error(fmt::format(
        "the ledger in this database has version {}, this bellows knows {}: use a newer bellows",
        found, newest));
  }
  for (int version = found + 1; version <= newest; ++version) {
    for (std::string const& statement : versions()[static_cast<std::size_t>(version - 1)]) {
      transaction.run(statement);
    }
    transaction.run("INSERT INTO bellows.version (version) VALUES ($1)", {std::to_string(version)});
  }
  transaction.commit();
}

}  // namespace bellows::runner
