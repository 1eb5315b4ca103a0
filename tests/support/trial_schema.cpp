#include "tests/support/trial_schema.hpp"

#include "planner/catalog/replay.hpp"
#include "runner/catalog/read_catalog.hpp"

namespace bellows::test {
namespace {

constexpr std::string_view clear = R"(DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT pubname FROM pg_publication LOOP
    EXECUTE format('DROP PUBLICATION %I', name);
  END LOOP;
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
  CREATE SCHEMA public;
END $$)";

/// A file with a BEGIN of its own, as psql runs it.
void run_as_written(postgres::Session& session, std::vector<rules::Reviewed> const& statements) {
  try {
    for (rules::Reviewed const& reviewed : statements) {
      session.run(reviewed.statement.raw.text);
    }
  } catch (postgres::Failure const&) {
    session.run("ROLLBACK");
    throw;
  }
}

/// Throws Failure.
void run_all(postgres::Session& session, std::vector<rules::Reviewed> const& statements) {
  if (!statements.empty() && statements.front().statement.kind == "BEGIN") {
    return run_as_written(session, statements);
  }
  std::optional<postgres::Transaction> transaction;
  for (rules::Reviewed const& reviewed : statements) {
    std::string const& text = reviewed.statement.raw.text;
    if (!reviewed.effects.transactional) {
      if (transaction) {
        transaction->commit();
        transaction.reset();
      }
      session.run(text);
      continue;
    }
    if (!transaction) {
      transaction.emplace(session.begin());
    }
    transaction->run(text);
  }
  if (transaction) {
    transaction->commit();
  }
}

}  // namespace

TrialSchema::TrialSchema() : session_(database_.session()) {}

void TrialSchema::reset(std::string_view scene) {
  session_.run("RESET ALL");
  session_.run(clear);
  replayed_ = {};
  replayed_.complete = true;
  replayed_.server_version = session_.server_version() / 10000;
  catalog::replay_text(replayed_, scene);
  for (sql::RawStatement const& raw : sql::split(scene)) {
    session_.run(raw.text);
  }
}

TrialSchema::Outcome TrialSchema::carry_out(std::string_view migration,
                                            rules::Conduct const& conduct) {
  Outcome outcome;
  sql::Migration const read = sql::read_migration("m", "m.sql", migration);
  catalog::Catalog live = catalog::read_catalog(session_);
  outcome.live = rules::review(read, live, conduct);
  outcome.replayed = rules::review(read, replayed_, conduct);
  try {
    run_all(session_, outcome.live);
  } catch (postgres::Failure const& failure) {
    outcome.sqlstate = failure.sqlstate;
    outcome.message = failure.what();
  }
  return outcome;
}

}  // namespace bellows::test
