#include "planner/catalog/replay.hpp"
#include "planner/catalog/snapshot.hpp"
#include "planner/rules/preconditions/type_casts.hpp"
#include "planner/rules/review.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "tests/runner/preconditions/bounds_cases.hpp"
#include "tests/runner/preconditions/column_cases.hpp"
#include "tests/runner/preconditions/made_cases.hpp"
#include "tests/runner/preconditions/object_cases.hpp"
#include "tests/runner/preconditions/partition_cases.hpp"
#include "tests/runner/preconditions/row_cases.hpp"
#include "tests/runner/preconditions/table_cases.hpp"
#include "tests/runner/preconditions/type_cases.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>

/// bellows says that a statement fails exactly where the server refuses it, and with which
/// SQLSTATE: from a live database and from a snapshot of it. From replayed files, which may not be
/// all, it says so only where it is so.
namespace bellows::rules::preconditions_db_test {
namespace {

using cases::Line;

/// The SQLSTATE with which bellows says that the last statement fails; empty where it does not.
std::string told(std::string const& statements, catalog::Catalog catalog) {
  auto const all = review(sql::read_migration("m", "m.sql", statements), catalog);
  for (Finding const& finding : all.back().findings) {
    if (!finding.fails_with.empty()) {
      return finding.fails_with;
    }
  }
  return "";
}

/// The SQLSTATE with which the server refuses it; empty where it does not.
std::string refusal(postgres::Session& session, std::string const& statements) {
  postgres::Transaction transaction = session.begin();
  try {
    for (sql::RawStatement const& one : sql::split(statements)) {
      transaction.run(one.text);
    }
    return "";
  } catch (postgres::Failure const& failure) {
    return failure.sqlstate;
  }
}

class Preconditions : public testing::Test {
 protected:
  void compare(std::span<Line const> scene, std::span<Line const> statements) {
    auto session = database_.session();
    int const version = session.server_version() / 10'000;
    catalog::Catalog replayed;
    replayed.server_version = version;
    for (Line const& line : scene) {
      if (line.since <= version) {
        session.run(line.sql);
        catalog::replay_text(replayed, line.sql);
      }
    }
    catalog::Catalog const live = catalog::read_catalog(session);
    catalog::Catalog const snapshot = catalog::from_json(catalog::to_json(live));
    for (Line const& line : statements) {
      if (line.since > version) {
        continue;
      }
      std::string const state = refusal(session, line.sql);
      EXPECT_EQ(told(line.sql, live), state) << line.sql;
      EXPECT_EQ(told(line.sql, snapshot), state) << line.sql << " (snapshot)";
      std::string const from_files = told(line.sql, replayed);
      if (!from_files.empty()) {
        EXPECT_EQ(from_files, state) << line.sql << " (files)";
      }
      refused_ += state.empty() ? 0 : 1;
      told_from_files_ += from_files.empty() ? 0 : 1;
    }
  }

  test::TempDatabase database_;
  int refused_ = 0;
  int told_from_files_ = 0;
};

/// Whether the server takes it, within a transaction that goes on.
bool takes(postgres::Transaction& transaction, std::string const& statement) {
  transaction.run("SAVEPOINT try");
  try {
    transaction.run(statement);
    transaction.run("ROLLBACK TO try");
    return true;
  } catch (postgres::Failure const&) {
    transaction.run("ROLLBACK TO try");
    return false;
  }
}

TEST_F(Preconditions, EveryPairOfTypesIsAsTheServerHasIt) {
  auto session = database_.session();
  postgres::Transaction transaction = session.begin();
  std::string columns;
  int place = 0;
  for (std::string_view const type : preconditions::known_types()) {
    columns += (columns.empty() ? "c" : ", c") + std::to_string(place++) + " " + std::string(type);
  }
  transaction.run("CREATE TABLE every (" + columns + ")");
  int tried = 0;
  for (std::string_view const to : preconditions::known_types()) {
    std::string const type(to);
    bool const key = takes(transaction, "CREATE TABLE key (id " + type + " PRIMARY KEY)");
    if (key) {
      transaction.run("CREATE TABLE key (id " + type + " PRIMARY KEY)");
    }
    place = 0;
    for (std::string_view const from : preconditions::known_types()) {
      std::string const column = "c" + std::to_string(place++);
      EXPECT_EQ(preconditions::is_assignable(from, to),
                takes(transaction, "ALTER TABLE every ALTER " + column + " TYPE " + type))
          << from << " to " << to;
      if (auto const castable = preconditions::is_castable(from, to)) {
        EXPECT_EQ(*castable, takes(transaction, "ALTER TABLE every ALTER " + column + " TYPE " +
                                                    type + " USING " + column + "::" + type))
            << from << " cast to " << to;
      }
      if (key) {
        EXPECT_EQ(preconditions::can_reference(from, to),
                  takes(transaction, "CREATE TABLE r (x " + std::string(from) + " REFERENCES key)"))
            << from << " references " << to;
      }
      ++tried;
    }
    if (key) {
      transaction.run("DROP TABLE key");
    }
  }
  EXPECT_GT(tried, 1500);
}

TEST_F(Preconditions, OfTablesAreWhatTheServerAsks) {
  compare(cases::tables::scene, cases::tables::statements);
  EXPECT_GT(refused_, 120);
  EXPECT_GT(told_from_files_, 80);
}

TEST_F(Preconditions, OfWhatIsMadeAreWhatTheServerAsks) {
  compare(cases::made::scene, cases::made::statements);
  EXPECT_GT(refused_, 30);
  EXPECT_GT(told_from_files_, 25);
}

TEST_F(Preconditions, OfColumnsAreWhatTheServerAsks) {
  compare(cases::columns::scene, cases::columns::statements);
  EXPECT_GT(refused_, 40);
}

TEST_F(Preconditions, OfTypesAreWhatTheServerAsks) {
  compare(cases::types::scene, cases::types::statements);
  EXPECT_GT(refused_, 45);
  EXPECT_GT(told_from_files_, 20);
}

TEST_F(Preconditions, OfBoundsAndPartsAreWhatTheServerAsks) {
  compare(cases::bounds::scene, cases::bounds::statements);
  EXPECT_GT(refused_, 60);
  EXPECT_GT(told_from_files_, 30);
}

TEST_F(Preconditions, OfObjectsAreWhatTheServerAsks) {
  compare(cases::objects::scene, cases::objects::statements);
  EXPECT_GT(refused_, 15);
  EXPECT_GT(told_from_files_, 10);
}

TEST_F(Preconditions, OfPartitionsAreWhatTheServerAsks) {
  compare(cases::partitions::scene, cases::partitions::statements);
  EXPECT_GT(refused_, 90);
  EXPECT_GT(told_from_files_, 60);
}

TEST_F(Preconditions, OfRowsAreWhatTheServerAsks) {
  compare(cases::rows::scene, cases::rows::statements);
  EXPECT_GT(refused_, 50);
  EXPECT_GT(told_from_files_, 30);
}

}  // namespace
}  // namespace bellows::rules::preconditions_db_test
