#include "batcher/job/vacuum.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bellows::batcher::vacuum_db_test {
namespace {

class VacuumOf : public testing::Test {
 protected:
  VacuumOf() {
    database.run("CREATE TABLE t (id int PRIMARY KEY)");
    spec.id = "m/copy";
    spec.table = {sql::Identifier("public"), sql::Identifier("t")};
  }
  test::TempDatabase database;
  Spec spec;
};

TEST_F(VacuumOf, ATableThatNobodyHoldsRuns) {
  auto session = database.session();
  EXPECT_TRUE(run_vacuum(session, spec));
}

TEST_F(VacuumOf, ATableThatSomebodyIsAtIsSkippedAndSaidSo) {
  auto holder = database.session("autovacuum, say");
  auto holding = holder.begin();
  holding.run("LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE");
  auto session = database.session();
  EXPECT_FALSE(run_vacuum(session, spec));
  holding.commit();
  EXPECT_TRUE(run_vacuum(session, spec));
}

TEST_F(VacuumOf, WhoMayNotIsTold) {
  std::string const role =
      "writes_" + database.value("SELECT substr(md5(current_database()), 1, 8)");
  database.run("CREATE ROLE " + role + "; GRANT SELECT, UPDATE ON t TO " + role);
  auto session = database.session();
  session.run("SET ROLE " + role);
  EXPECT_FALSE(run_vacuum(session, spec));
  session.run("RESET ROLE");
  database.run("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_F(VacuumOf, ATableThatIsGoneDidNotRun) {
  database.run("DROP TABLE t");
  auto session = database.session();
  EXPECT_FALSE(run_vacuum(session, spec));
}

}  // namespace
}  // namespace bellows::batcher::vacuum_db_test
