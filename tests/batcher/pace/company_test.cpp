#include "batcher/pace/company.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::company_test {
namespace {

using namespace std::chrono_literals;

/// A server on which we and others take transaction numbers, in simulated time.
class Server {
 public:
  /// Batches of ours, one after the other, for so long.
  void pass(std::chrono::milliseconds time, std::chrono::milliseconds batch,
            double others_per_second) {
    for (auto const end = now_ + time; now_ < end; now_ += batch) {
      company_.batch_begins(newest_ + static_cast<std::int64_t>(others_), now_);
      ++newest_;
      others_ += others_per_second * std::chrono::duration<double>(batch).count();
    }
  }
  Company& company() { return company_; }

 private:
  Company company_;
  Company::Clock::time_point now_{1h};
  std::int64_t newest_ = 4'000'000'000;  // more than 32 bits hold before long
  double others_ = 0;
};

TEST(CompanyTest, IsTakenForGrantedUntilAMomentHasShownNobody) {
  Server server;
  EXPECT_TRUE(server.company().here());
  server.pass(40ms, 10ms, 0);
  EXPECT_TRUE(server.company().here());
  server.pass(30ms, 10ms, 0);
  EXPECT_FALSE(server.company().here());
}

TEST(CompanyTest, OurOwnBatchesAreNoCompanyHoweverMany) {
  Server server;
  server.pass(10s, 1ms, 0);
  EXPECT_FALSE(server.company().here());
}

TEST(CompanyTest, OurOwnSavepointsAreNoCompanyEither) {
  Company company;
  Company::Clock::time_point now{1h};
  for (int batch = 0; batch < 1'000; ++batch) {
    company.batch_begins(1'000 + 2 * batch, now += 2ms, 2);
  }
  EXPECT_FALSE(company.here());
}

TEST(CompanyTest, MonitoringAndAutovacuumAreNoCompany) {
  Server server;
  server.pass(60s, 25ms, 4);
  EXPECT_FALSE(server.company().here());
}

TEST(CompanyTest, AnApplicationIsSeenWithinAFewBatches) {
  Server server;
  server.pass(2s, 25ms, 0);
  ASSERT_FALSE(server.company().here());
  server.pass(75ms, 25ms, 100);
  EXPECT_TRUE(server.company().here());
  server.pass(60s, 2ms, 100);
  EXPECT_TRUE(server.company().here());
}

TEST(CompanyTest, IsOverAFewSecondsAfterTheLastOfThem) {
  Server server;
  server.pass(10s, 2ms, 500);
  server.pass(1900ms, 2ms, 0);
  EXPECT_TRUE(server.company().here());
  server.pass(200ms, 2ms, 0);
  EXPECT_FALSE(server.company().here());
}

TEST(CompanyTest, ABurstNowAndThenKeepsItForSecondsOnly) {
  Server server;
  server.pass(1s, 25ms, 0);
  server.pass(100ms, 25ms, 1'000);
  EXPECT_TRUE(server.company().here());
  server.pass(3s, 2ms, 0);
  EXPECT_FALSE(server.company().here());
}

TEST(CompanyTest, BatchesThatTookNoNumberDoNotHideItForLong) {
  Server server;
  Company& company = server.company();
  Company::Clock::time_point now{1h};
  for (int failed = 0; failed < 10'000; ++failed) {  // it goes on and on, and takes none
    company.batch_begins(1'000, now += 1ms);
  }
  ASSERT_FALSE(company.here());
  for (int second = 0; second < 2; ++second) {
    company.batch_begins(1'050 + 50 * second, now += 500ms);
  }
  EXPECT_TRUE(company.here());
}

TEST(CompanyTest, LanesWhoseNumbersAreSeenLateAreNoCompany) {
  Company company;
  Company::Clock::time_point now{1h};
  std::int64_t newest = 1'000;
  for (int round = 0; round < 1'000; ++round) {  // four begin before the first of them commits
    for (int lane = 0; lane < 4; ++lane) {
      company.batch_begins(newest, now += 5ms);
    }
    newest += 4;
  }
  EXPECT_FALSE(company.here());
}

}  // namespace
}  // namespace bellows::batcher::company_test
