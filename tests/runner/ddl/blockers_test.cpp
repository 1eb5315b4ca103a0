#include "runner/ddl/blockers.hpp"

#include <gtest/gtest.h>

namespace bellows::ddl::blockers_test {
namespace {

using std::chrono::milliseconds;

TEST(Blockers, TimeIsToldInTheUnitThatFits) {
  EXPECT_EQ(describe(milliseconds{850}), "850 ms");
  EXPECT_EQ(describe(milliseconds{12'345}), "12 s");
  EXPECT_EQ(describe(milliseconds{180'000}), "3 min");
  EXPECT_EQ(describe(milliseconds{5 * 3'600'000}), "5 h");
}

TEST(Blockers, ASessionIsDescribedByWhatIsKnown) {
  Blocker blocker;
  blocker.pid = 4711;
  blocker.table = "public.users";
  EXPECT_EQ(describe(blocker), "pid 4711 holds public.users");
  blocker.user = "app";
  blocker.application = "pg_dump";
  blocker.state = "active";
  blocker.open_for = milliseconds{720'000};
  blocker.query = "COPY public.users";
  EXPECT_EQ(describe(blocker),
            "pid 4711 (user app, pg_dump, active, transaction open for 12 min) holds public.users: "
            "COPY public.users");
}

TEST(Blockers, WraparoundVacuumAndPreparedTransactionsAreNamedAsSuch) {
  Blocker vacuum;
  vacuum.pid = 7;
  vacuum.table = "t";
  vacuum.state = "active";
  vacuum.autovacuum = true;
  EXPECT_EQ(describe(vacuum), "pid 7 (autovacuum) holds t");
  vacuum.autovacuum_wraparound = true;
  EXPECT_EQ(describe(vacuum), "pid 7 (autovacuum to prevent wraparound) holds t");
  Blocker prepared;
  prepared.application = "gid-1";
  prepared.table = "t";
  EXPECT_EQ(describe(prepared), "a prepared transaction (gid-1) holds t");
}

}  // namespace
}  // namespace bellows::ddl::blockers_test
