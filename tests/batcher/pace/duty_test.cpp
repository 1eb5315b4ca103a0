#include "batcher/pace/duty.hpp"

#include "batcher/pace/bucket.hpp"
#include "batcher/signals/gauges.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <random>

/// The control law against models of what it steers: batches, pauses and a look a second, in
/// simulated time.
namespace bellows::batcher::duty_test {
namespace {

using namespace std::chrono_literals;
using Clock = Duty::Clock;
using Seconds = std::chrono::duration<double>;

/// A server as the law sees it. Times in seconds.
struct Plant {
  std::function<double()> batch_takes;                     // now
  std::function<void(double from, double upto, bool)> go;  // time passes; batch or pause
  std::function<double()> utilisation;                     // as a look would find it now
};

/// Runs the law against a plant; what is measured is from `settled` on.
struct Outcome {
  double batches = 0;
  double worst = 0;     // utilisation
  double duty_low = 1;  // of the law
  double duty_high = 0;
  double last_duty = 0;
};

Outcome simulate(Plant const& plant, double length, double settled) {
  Clock::time_point const start{};
  auto const clock = [&](double seconds) {
    return start + std::chrono::duration_cast<Clock::duration>(Seconds(seconds));
  };
  Signal signal("simulated", {}, start);
  Duty duty(start);
  Outcome outcome;
  double now = 0;
  double next_look = 0;
  double rest_until = 0;
  double batch_until = -1;
  double took = 0;
  while (now < length) {
    bool const in_batch = now < batch_until;
    double next = std::min(now + 0.05, next_look > now ? next_look : now + 0.05);
    if (in_batch) {
      next = std::min(next, batch_until);
    }
    plant.go(now, next, in_batch);
    now = next;
    if (now >= next_look) {
      double const seen = plant.utilisation();
      signal.read({seen, ""}, clock(now));
      duty.press(signal.pressure(), signal.holds(), clock(now));
      next_look = now + 1;
      if (now > settled) {
        outcome.worst = std::max(outcome.worst, seen);
        outcome.duty_low = std::min(outcome.duty_low, duty.share());
        outcome.duty_high = std::max(outcome.duty_high, duty.share());
      }
    }
    if (in_batch && now >= batch_until) {
      outcome.batches += now > settled ? 1 : 0;
      rest_until = now;  // + what the law says at that moment
    }
    auto const pause =
        duty.pause_after(std::chrono::microseconds(static_cast<std::int64_t>(took * 1e6)));
    bool const may = duty.share() > 0 && now >= rest_until + Seconds(pause).count();
    if (now >= batch_until && may) {
      took = plant.batch_takes();
      batch_until = now + took;
    }
  }
  outcome.last_duty = duty.share();
  return outcome;
}

/// A replica that replays `capacity` of what a job at full speed writes (1 a second), seen late.
class Replica {
 public:
  Replica(double capacity, double limit, double late) : capacity_(capacity), limit_(limit) {
    seen_.assign(static_cast<std::size_t>(std::max(late / 0.05, 1.0)), 0);
  }
  Plant plant(double batch) {
    return {[batch] { return batch; },
            [this](double from, double upto, bool busy) {
              double const passed = upto - from;
              behind_ = std::max(0.0, behind_ + (busy ? passed : 0) - capacity_ * passed);
              seen_.push_back(behind_ / capacity_ / limit_);
              seen_.pop_front();
            },
            [this] { return seen_.front(); }};
  }
  void capacity(double now) { capacity_ = now; }

 private:
  double capacity_;
  double limit_;
  double behind_ = 0;
  std::deque<double> seen_;
};

TEST(DutySimulator, AReplicaIsNeitherOverrunNorLeftIdle) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    double const capacity = std::uniform_real_distribution(0.15, 0.95)(random);
    double const limit = std::uniform_real_distribution(5.0, 60.0)(random);
    double const late = std::uniform_real_distribution(0.0, 1.0)(random);
    double const batch = std::uniform_real_distribution(0.05, 0.5)(random);
    Replica replica(capacity, limit, late);
    Outcome const end = simulate(replica.plant(batch), 600, 200);
    SCOPED_TRACE(testing::Message() << "capacity " << capacity << " limit " << limit << " late "
                                    << late << " batch " << batch);
    double const worked = end.batches * batch / 400;
    EXPECT_GT(worked, 0.85 * capacity);
    EXPECT_LT(worked, 1.05 * capacity);
    EXPECT_LT(end.worst, 1.2);
  }
}

TEST(DutySimulator, ItSettlesInsteadOfSwinging) {
  for (double const capacity : {0.3, 0.5, 0.8}) {
    Replica replica(capacity, 10, 0.5);
    Outcome const end = simulate(replica.plant(0.25), 600, 300);
    EXPECT_LT(end.duty_high - end.duty_low, 0.25) << capacity;
    EXPECT_GT(end.duty_low, 0) << capacity << ": never stopped once settled";
  }
}

/// A server whose statements take longer the more of it is in use, ours among them: a loop that
/// took slowness for its own fault would end at nothing.
TEST(DutySimulator, QueueingSlowsItButNeverToNothing) {
  std::mt19937 random(2);
  for (double const application : {0.1, 0.4, 0.6, 0.8}) {
    bool busy = false;
    Plant const plant{[&] {
                        double const load = std::min(application + 0.3, 0.97);
                        return 0.25 / (1 - load) * std::exponential_distribution(1.0)(random);
                      },
                      [&](double, double, bool in_batch) { busy = in_batch; },
                      [&] {  // sessions at work, others' only, of eight
                        double const load = std::min(application + (busy ? 0.3 : 0.0), 0.97);
                        return std::poisson_distribution(load / (1 - load))(random) / 8.0;
                      }};
    Outcome const end = simulate(plant, 2'000, 100);
    EXPECT_GT(end.batches, 100) << application;
    EXPECT_GT(end.duty_high, 0.2) << application;
  }
}

TEST(DutySimulator, FullSpeedIsBackSoonAfterThePressureHasGone) {
  for (double const before : {1.0, 10.0, 3600.0}) {  // seconds of standing still: it makes no odds
    Clock::time_point now{};
    Duty duty(now);
    duty.press(5, true, now);
    now += std::chrono::duration_cast<Clock::duration>(Seconds(before));
    duty.press(5, true, now);
    EXPECT_EQ(duty.share(), 0);
    int seconds = 0;
    double last = 0;
    while (duty.share() < 1 && seconds < 60) {
      now += 1s;
      duty.press(0, false, now);
      EXPECT_GT(duty.share(), last) << "no step back";
      last = duty.share();
      ++seconds;
    }
    EXPECT_LE(seconds, 12);
  }
}

TEST(DutySimulator, RecordedReplicaLag) {
  // Seconds behind, a look a second, from a replica whose disk was busy for half a minute;
  // limit 10.
  std::vector<double> const recorded{0.1, 0.1, 0.3,  0.9,  1.7,  2.6,  3.3, 4.1, 5.2, 6.0, 7.2, 8.1,
                                     9.3, 9.9, 10.4, 11.2, 11.9, 11.0, 9.6, 8.3, 7.4, 6.1, 5.2, 4.4,
                                     3.1, 2.2, 1.2,  0.4,  0.1,  0.1,  0.1, 0.1, 0.1, 0.1};
  Clock::time_point now{};
  Signal signal("lag", {}, now);
  Duty duty(now);
  std::vector<double> shares;
  int turned = 0;
  for (double const lag : recorded) {
    now += 1s;
    signal.read({lag / 10, ""}, now);
    bool const held = duty.share() == 0;
    duty.press(signal.pressure(), signal.holds(), now);
    turned += held != (duty.share() == 0) ? 1 : 0;
    shares.push_back(duty.share());
  }
  EXPECT_EQ(turned, 2) << "closed once, open once";
  EXPECT_EQ(shares[4], 1) << "far from the limit nothing is slowed";
  EXPECT_LT(shares[12], 0.4);
  EXPECT_EQ(shares[19], 0) << "8.3 s: below the limit, above the exit threshold";
  EXPECT_GT(shares[20], 0);
  EXPECT_EQ(shares.back(), 1);
}

TEST(Duty, MorePressureNeverMeansMoreWork) {
  for (double low = 0; low < 2; low += 0.05) {
    for (double high = low; high < 2; high += 0.05) {
      Duty one({});
      Duty other({});
      one.press(low, low >= 1, {});
      other.press(high, high >= 1, {});
      EXPECT_GE(one.share(), other.share()) << low << " " << high;
    }
  }
}

TEST(Duty, PauseKeepsTheShareOfTheTimeWhateverTheBatch) {
  Duty duty({});
  duty.press(0.4, false, {});
  EXPECT_EQ(duty.pause_after(200ms), 0us);
  duty.press(0.75, false, {});
  for (auto const took : {10ms, 250ms, 3000ms}) {
    double const whole = Seconds(took + duty.pause_after(took)).count();
    EXPECT_NEAR(Seconds(took).count() / whole, duty.share(), 1e-3);
  }
  duty.press(0.999, false, {});
  EXPECT_LE(duty.pause_after(1h), 10s) << "the job always moves";
}

TEST(Bucket, KeepsTheRateOverAnyMinute) {
  std::mt19937 random(3);
  Bucket bucket;
  Clock::time_point const start{};
  Clock::time_point now = start;
  bucket.limit(1000, now);
  double spent = 0;
  double largest = 0;
  while (now - start < 60s) {
    now += bucket.wait(now);
    double const batch = std::uniform_int_distribution(1, 900)(random);
    bucket.spend(batch, now);
    spent += batch;
    largest = std::max(largest, batch);
    now += std::chrono::milliseconds(std::uniform_int_distribution(0, 400)(random));
    double const seconds = Seconds(now - start).count();
    EXPECT_LE(spent, 1000 * seconds + 1000 + largest);
  }
  EXPECT_GT(spent, 0.95 * 60 * 1000);
}

TEST(Bucket, NoneAndZero) {
  Bucket bucket;
  bucket.spend(1e9, {});
  EXPECT_EQ(bucket.wait({}), 0ms);
  bucket.limit(10, Clock::time_point(1h));
  EXPECT_EQ(bucket.wait(Clock::time_point(1h)), 0ms) << "what was spent before does not count";
  bucket.spend(10, Clock::time_point(1h));
  EXPECT_EQ(bucket.wait(Clock::time_point(1h)), 1000ms);
  bucket.limit(std::nullopt, Clock::time_point(1h));
  EXPECT_EQ(bucket.wait(Clock::time_point(1h)), 0ms);
}

}  // namespace
}  // namespace bellows::batcher::duty_test
