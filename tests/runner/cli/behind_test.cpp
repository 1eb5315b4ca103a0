#include "runner/cli/behind.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace bellows::runner::behind_test {
namespace {

TEST(Behind, UsesEachValueOnceInOrder) {
  std::vector<int> used;
  std::thread::id user;
  Behind<int> behind(3, [&](int value) {
    used.push_back(value);
    user = std::this_thread::get_id();
  });
  for (int value = 0; value < 1'000; ++value) {
    behind.put(value);
  }
  behind.finish();
  ASSERT_EQ(used.size(), 1'000U);
  EXPECT_TRUE(std::ranges::is_sorted(used));
  EXPECT_NE(user, std::this_thread::get_id());
}

TEST(Behind, WithoutAThreadEachIsUsedWhereItIsPut) {
  int used = 0;
  Behind<int> behind(0, [&](int value) { used += value; });
  behind.put(2);
  EXPECT_EQ(used, 2);
  behind.finish();
}

TEST(Behind, LetsFewWait) {
  std::atomic<bool> may = false;
  std::atomic<int> put = 0;
  Behind<int> behind(2, [&](int) { may.wait(false); });
  std::jthread const owner([&] {
    for (; put < 10; ++put) {
      behind.put(put);
    }
  });
  while (put < 3) {  // one at hand, two that wait
    std::this_thread::yield();
  }
  EXPECT_LE(put, 3);
  may = true;
  may.notify_all();
}

// What was judged before a file that cannot be read is told all the same.
TEST(Behind, WhatIsPutIsUsedWhenTheOwnerLeaves) {
  int used = 0;
  try {
    Behind<int> behind(100, [&](int) { ++used; });
    for (int value = 0; value < 50; ++value) {
      behind.put(value);
    }
    throw std::runtime_error("no 51st");
  } catch (std::runtime_error const&) {
    EXPECT_EQ(used, 50);
  }
}

TEST(Behind, WhatAUseThrowsComesToTheOwner) {
  int used = 0;
  Behind<int> behind(1, [&](int) { ++used == 3 ? throw std::runtime_error("full") : void(); });
  EXPECT_THROW(
      {
        for (int value = 0; value < 10; ++value) {
          behind.put(value);
        }
        behind.finish();
      },
      std::runtime_error);
  EXPECT_EQ(used, 3);
}

}  // namespace
}  // namespace bellows::runner::behind_test
