#include "tests/runner/agree/server.hpp"

namespace bellows::agree {

std::vector<Answer> in_transaction(postgres::Session& session,
                                   std::span<std::string const> statements) {
  std::vector<Answer> answers;
  postgres::Transaction transaction = session.begin();
  transaction.set_local("lock_timeout", "10s");
  try {
    for (std::string const& statement : statements) {
      test::Watch const watch(transaction);
      transaction.run(statement);
      answers.push_back({"", "", watch.look()});
    }
  } catch (postgres::Failure const& failure) {
    answers.push_back({failure.sqlstate, failure.what(), std::nullopt});
  }
  return answers;
}

Answer alone(test::TempDatabase const& scene, std::string const& statement) {
  test::TempDatabase const copy = scene.copy();
  auto session = copy.session();
  try {
    session.run(statement);
    return {};
  } catch (postgres::Failure const& failure) {
    return {failure.sqlstate, failure.what(), std::nullopt};
  }
}

bool fails_for_rows(postgres::Session& session, std::span<std::string const> statements) {
  postgres::Transaction transaction = session.begin();
  try {
    transaction.run(
        "DO $$ BEGIN EXECUTE (SELECT 'TRUNCATE ' || string_agg(c.oid::regclass::text, ', ') FROM"
        " pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')"
        " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'); END $$");
    for (std::string const& statement : statements) {
      transaction.run(statement);
    }
    return true;
  } catch (postgres::Failure const&) {
    return false;
  }
}

}  // namespace bellows::agree
