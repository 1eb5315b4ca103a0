#include "batcher/pace/pace.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

/// The size of batches against models of what they cost: a fixed part, a part for each row, and a
/// server that is not always equally quick.
namespace bellows::batcher::pace_simulator_test {
namespace {

using namespace std::chrono_literals;

constexpr double target = 0.25;  // seconds, as all of these

struct Noise {
  std::string name;
  std::function<double(std::mt19937&, double)> of;  // what a batch takes that should take so long
};

std::vector<Noise> const& noises() {
  static std::vector<Noise> const all{
      {"none", [](std::mt19937&, double time) { return time; }},
      {"a tenth",
       [](std::mt19937& random, double time) {
         return time * std::max(0.2, std::normal_distribution<>(1, 0.1)(random));
       }},
      {"a third",
       [](std::mt19937& random, double time) {
         return time * std::max(0.2, std::normal_distribution<>(1, 0.3)(random));
       }},
      {"spikes",
       [](std::mt19937& random, double time) {
         return time * (std::uniform_real_distribution<>(0, 1)(random) < 0.1 ? 4 : 1);
       }},
      {"waits", [](std::mt19937& random, double time) {
         return time + std::exponential_distribution<>(1 / 0.03)(random);
       }}};
  return all;
}

struct Cost {
  double fixed = 0;
  double row = 0;
};
using CostAt = std::function<Cost(int batch)>;

struct Outcome {
  double rows_per_second = 0;
  double median = 0;  // seconds a batch
  std::int64_t smallest = 0;
};

Outcome simulate(CostAt const& cost, Noise const& noise, unsigned seed, int from, int upto) {
  std::mt19937 random{seed};
  Pace pace({.target = 250ms, .min_rows = 10, .max_rows = 50'000, .first_rows = 1'000});
  std::vector<double> times;
  double rows = 0;
  double time = 0;
  Outcome outcome{0, 0, pace.rows()};
  for (int batch = 0; batch < upto; ++batch) {
    std::int64_t const size = pace.rows();
    Cost const now = cost(batch);
    double const took = noise.of(random, now.fixed + now.row * static_cast<double>(size));
    pace.batch_took(size, std::chrono::microseconds(static_cast<std::int64_t>(took * 1e6)));
    outcome.smallest = std::min(outcome.smallest, size);
    if (batch >= from) {
      rows += static_cast<double>(size);
      time += took;
      times.push_back(took);
    }
  }
  std::sort(times.begin(), times.end());
  outcome.median = times[times.size() / 2];
  outcome.rows_per_second = rows / time;
  return outcome;
}

Outcome mean_of(CostAt const& cost, Noise const& noise, int from = 60, int upto = 300) {
  constexpr unsigned seeds = 5;
  Outcome mean{0, 0, 1'000'000};
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    Outcome const one = simulate(cost, noise, seed, from, upto);
    mean.rows_per_second += one.rows_per_second / seeds;
    mean.median += one.median / seeds;
    mean.smallest = std::min(mean.smallest, one.smallest);
  }
  return mean;
}

CostAt steady(double fixed, double row) {
  return [=](int) { return Cost{fixed, row}; };
}

TEST(PaceSimulator, AFixedCostAboveTheTargetIsNotChased) {
  for (double const fixed : {0.4, 0.8}) {
    for (double const row : {1e-5, 1e-4}) {
      for (Noise const& noise : noises()) {
        Outcome const end = mean_of(steady(fixed, row), noise);
        double const best = target / row / (fixed + target);  // a target's time of rows a batch
        double const least = noise.name == "spikes" ? 0.2 : 0.5;
        EXPECT_GT(end.rows_per_second, least * best) << fixed << " " << row << " " << noise.name;
        EXPECT_LT(end.median, 1.35 * (fixed + target)) << fixed << " " << row << " " << noise.name;
      }
    }
  }
}

TEST(PaceSimulator, AFixedCostBelowTheTargetTakesAtMostHalfOfTheTime) {
  for (Noise const& noise : noises()) {
    Outcome const large = mean_of(steady(0.2, 1e-5), noise);
    EXPECT_GT(large.rows_per_second, noise.name == "spikes" ? 20'000 : 30'000) << noise.name;
    EXPECT_LT(large.median, 2.1 * target) << noise.name;
    Outcome const small = mean_of(steady(0.02, 1e-4), noise);
    EXPECT_LT(small.median, 1.05 * target) << noise.name;
  }
}

TEST(PaceSimulator, WithoutAFixedCostTheTargetIsKept) {
  for (double const row : {1e-5, 1e-4, 1e-3}) {
    for (Noise const& noise : noises()) {
      Outcome const end = mean_of(steady(0, row), noise);
      EXPECT_LT(end.median, 1.05 * target) << row << " " << noise.name;
      EXPECT_GT(end.median, 0.6 * target) << row << " " << noise.name;
    }
  }
}

TEST(PaceSimulator, RowsThatCostMoreInPlacesAreNoFixedCost) {
  CostAt const regions = [](int batch) { return Cost{0, (batch / 40) % 2 == 0 ? 4e-4 : 1e-4}; };
  for (Noise const& noise : noises()) {
    Outcome const end = mean_of(regions, noise);
    EXPECT_LT(end.median, 1.2 * target) << noise.name;
    EXPECT_GT(end.median, 0.6 * target) << noise.name;
  }
}

TEST(PaceSimulator, AFixedCostThatComesAndGoesIsNoticed) {
  CostAt const episode = [](int batch) {
    return Cost{batch >= 100 && batch < 200 ? 0.6 : 0.0, 1e-5};
  };
  for (Noise const& noise : noises()) {
    if (noise.name == "spikes") {
      continue;
    }
    Outcome const during = mean_of(episode, noise, 140, 200);
    EXPECT_GT(during.rows_per_second, 10'000) << noise.name;
    Outcome const after = mean_of(episode, noise, 240, 300);
    EXPECT_LT(after.median, 1.5 * target) << noise.name;
    EXPECT_GT(after.rows_per_second, 80'000) << noise.name;
  }
}

TEST(PaceSimulator, BesideOthersTheTargetIsForTheWholeBatch) {
  Pace pace({.target = 250ms, .min_rows = 10, .max_rows = 50'000, .first_rows = 1'000});
  pace.steer(100, 50'000, 2ms, true);
  for (int batch = 0; batch < 40; ++batch) {  // 1.5 ms to commit, 5 µs a row
    pace.batch_took(pace.rows(), std::chrono::microseconds(1'500 + 5 * pace.rows()));
  }
  EXPECT_EQ(pace.rows(), 100);
}

}  // namespace
}  // namespace bellows::batcher::pace_simulator_test
