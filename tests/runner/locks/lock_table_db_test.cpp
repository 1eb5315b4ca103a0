#include "planner/catalog/replay.hpp"
#include "tests/runner/locks/lock_bench.hpp"

/// The lock table is what bellows says of other people's databases: every row is executed on a real
/// server here, and compared with the locks that it takes, the files that it makes anew and the
/// tables that it reads.
namespace bellows::locks::lock_table_db_test {
namespace {

TEST_F(LockTable, SaysWhatTheServerDoes) {
  for (std::string_view const statement : cases::transactional) {
    try_statement(statement);
  }
  for (std::string_view const statement : cases::columns) {
    try_statement(statement);
  }
}

TEST_F(LockTable, SaysThatOtherObjectsLockNoRelation) {
  for (std::string_view const statement : cases::without_relations) {
    try_statement(statement);
  }
  for (cases::Following const& one : cases::following) {
    executed_.insert(std::string(one.statement));
    Catalog met = catalog_;
    for (sql::Statement const& first : sql::parse_all(sql::split(one.before))) {
      catalog::replay(met, first);
    }
    check(session_, met, std::string(one.statement), std::string(one.before));
  }
}

TEST_F(LockTable, SaysWhatTheServerDoesWithWhatNotEachServerHas) {
  for (cases::Versioned const& one : cases::versioned) {
    if (has(one.since)) {
      try_statement(one.statement);
    }
  }
}

/// What only a newer server takes must not be called safe for an older one.
TEST_F(LockTable, KnowsWhatTheServerDoesNotHave) {
  for (cases::Versioned const& one : cases::versioned) {
    if (has(one.since)) {
      continue;
    }
    SCOPED_TRACE(one.statement);
    EXPECT_THROW(test::observe(session_, std::string(one.statement)), postgres::Failure);
  }
}

TEST_F(LockTable, NamesTheIndexesThatAreMadeAnew) {
  for (char const* text : {"ALTER TABLE child ALTER COLUMN email TYPE varchar(20)",
                           "ALTER TABLE child ALTER COLUMN email TYPE text",
                           "ALTER TABLE child ALTER COLUMN spare TYPE int",
                           "ALTER TABLE child ADD COLUMN a uuid DEFAULT gen_random_uuid()",
                           "ALTER TABLE child ADD COLUMN a int", "REINDEX TABLE child"}) {
    SCOPED_TRACE(text);
    std::set<std::string> expected;
    for (auto const& [name, seen] : test::observe(session_, text)) {
      if (seen.kind == 'i' && seen.rewritten) {
        expected.insert(name);
      }
    }
    std::set<std::string> told;
    for (Effect const& effect : effects_of(sql::parse_one(text), catalog_).relations) {
      told.insert(effect.rebuilds_indexes.begin(), effect.rebuilds_indexes.end());
    }
    EXPECT_EQ(told, expected);
  }
}

}  // namespace
}  // namespace bellows::locks::lock_table_db_test
