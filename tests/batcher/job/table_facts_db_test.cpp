#include "batcher/job/table_facts.hpp"
#include "batcher/keys/key.hpp"
#include "tests/support/job_bench.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::table_facts_db_test {
namespace {

using namespace std::chrono_literals;

/// Who looks for deadlocks soonest decides how long a batch may wait while it holds rows.
TEST(TableFacts, TheShortestDeadlockTimeoutOfAnyRoleCounts) {
  test::TempDatabase db;
  test::make_counted_table(db, 1);
  auto const read = [&] {
    postgres::Session session = db.session();
    postgres::Transaction transaction = session.begin();
    Spec const spec = test::copy_spec();
    return read_table_facts(transaction, spec, {}).deadlock_timeout;
  };
  auto const servers = read();
  ASSERT_GT(servers, 50ms);
  std::string const role = "hasty_" + db.name();
  db.run("CREATE ROLE " + role);
  std::string const alter = "ALTER ROLE " + role + " IN DATABASE " + db.name();
  db.run(alter + " SET deadlock_timeout = '0.05s'");
  EXPECT_EQ(read(), 50ms);
  db.run(alter + " SET deadlock_timeout = 30");
  EXPECT_EQ(read(), 30ms);
  db.run("ALTER DATABASE " + db.name() + " SET deadlock_timeout = '20ms'");
  EXPECT_EQ(read(), 20ms);
  db.run("ALTER DATABASE " + db.name() + " RESET deadlock_timeout");
  db.run("DROP ROLE " + role);
  EXPECT_EQ(read(), servers);
}

}  // namespace
}  // namespace bellows::batcher::table_facts_db_test
