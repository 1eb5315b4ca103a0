#include "batcher/control/kept_rows.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::kept_rows_test {
namespace {

HolderSample session(std::string const& pid, double seconds) {
  return {"session " + pid + " of reporting, idle in transaction",
          "session " + pid,
          "700",
          seconds,
          "2026-03-01 09:15:00",
          "SELECT pg_terminate_backend(" + pid + ")"};
}

TEST(KeptRows, NobodyIsToBlameWhileRowsFindRoom) {
  KeptRows kept(false);
  EXPECT_EQ(kept.look({session("7", 300)}), std::nullopt);
}

TEST(KeptRows, TheOldestIsToldOnceWithWhatEndsIt) {
  KeptRows kept(false);
  kept.stayed();
  auto const told = kept.look({session("8", 3), session("7", 300)});
  ASSERT_TRUE(told);
  for (char const* words : {"session 7 of reporting, idle in transaction", "since 2026-03-01 09:15",
                            "300 s", "SELECT pg_terminate_backend(7)", "goes on"}) {
    EXPECT_NE(told->find(words), std::string::npos) << words << "\n" << *told;
  }
  EXPECT_EQ(kept.holds(), "");
  kept.stayed();
  EXPECT_EQ(kept.look({session("7", 301)}), std::nullopt) << "told already";
  kept.stayed();
  EXPECT_TRUE(kept.look({session("9", 20)}));
}

TEST(KeptRows, WhoCameAfterwardsIsNotToBlame) {
  KeptRows kept(true);
  kept.stayed();
  EXPECT_EQ(kept.look({session("7", 0.2)}), std::nullopt);
  EXPECT_EQ(kept.holds(), "");
  EXPECT_EQ(kept.look({session("7", 60)}), std::nullopt) << "of what was seen before";
  EXPECT_EQ(kept.holds(), "");
}

TEST(KeptRows, ASlotIsToBlameHoweverLongItIsThere) {
  KeptRows kept(false);
  kept.stayed();
  auto const told = kept.look(
      {session("7", 300),
       {"slot s", "slot s", "650", std::nullopt, "", "SELECT pg_drop_replication_slot('s')"}});
  ASSERT_TRUE(told);
  EXPECT_NE(told->find("slot s keeps dead rows"), std::string::npos) << *told;
}

TEST(KeptRows, WhoWaitsWaitsUntilThatOneIsGone) {
  KeptRows kept(true);
  kept.stayed();
  EXPECT_EQ(kept.look({session("7", 300)}), std::nullopt);
  EXPECT_NE(kept.holds().find("SELECT pg_terminate_backend(7)"), std::string::npos);
  EXPECT_EQ(kept.look({session("7", 301), session("9", 2)}), std::nullopt);
  EXPECT_NE(kept.holds(), "");
  EXPECT_EQ(kept.released(), 0);
  kept.look({session("9", 3)});
  EXPECT_EQ(kept.holds(), "");
  EXPECT_EQ(kept.released(), 1);
}

}  // namespace
}  // namespace bellows::batcher::kept_rows_test
