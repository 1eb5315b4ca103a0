#include "batcher/pace/batch_cost.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace bellows::batcher {
namespace {

constexpr std::size_t window = 10;    // batches
constexpr std::size_t of_a_size = 5;  // batches
constexpr std::int64_t memory = 50;   // batches, after which a size that did not come again is gone
constexpr double plainly = 1.5;       // times more
constexpr double apart = 1.5;         // times more rows: else they are one size

/// The value below or at which so much of them lies.
double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  auto const rank = std::ceil(share * static_cast<double>(values.size()));
  return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

template <typename Batches, typename Value>
double quantile_of(Batches const& batches, double share, Value const& value) {
  std::vector<double> values;
  values.reserve(batches.size());
  for (auto const& batch : batches) {
    values.push_back(value(batch));
  }
  return quantile(std::move(values), share);
}

template <typename Batches>
void push(Batches& batches, typename Batches::value_type batch, std::size_t most) {
  batches.push_back(batch);
  if (batches.size() > most) {
    batches.pop_front();
  }
}

}  // namespace

BatchCost::Typical BatchCost::typical(std::deque<Batch> const& batches) {
  return {quantile_of(batches, 0.5, [](Batch const& of) { return static_cast<double>(of.rows); }),
          quantile_of(batches, 0.5, [](Batch const& of) { return of.took; })};
}

// A larger batch does not take less, and a smaller one not more.
bool BatchCost::contradicts(int size, Typical const& now, int other,
                            std::deque<Batch> const& batches) const {
  if (size == other) {
    return false;
  }
  double const took = typical(batches).took;
  bool const quicker = other > size && took * plainly < now.took;
  bool const slower = other < size && took > now.took * plainly;
  return quicker || slower || count_ - batches.back().number > memory;
}

void BatchCost::fit(Typical const& now) {
  Typical const least = typical(sizes_.begin()->second);
  Typical const most = typical(sizes_.rbegin()->second);
  if (most.rows >= apart * least.rows) {
    double const meets =
        (least.took * most.rows - most.took * least.rows) / (most.rows - least.rows);
    fixed_ = std::clamp(meets, 0.0, least.took);
  }
  if (now.took * plainly < fixed_) {
    fixed_ = now.took;
  }
}

void BatchCost::add(std::int64_t rows, double took) {
  Batch const batch{rows, took, ++count_};
  push(recent_, batch, window);
  int const size = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(rows)));
  push(sizes_[size], batch, of_a_size);
  Typical const now = typical(sizes_[size]);
  std::erase_if(
      sizes_, [&](auto const& other) { return contradicts(size, now, other.first, other.second); });
  fit(now);
}

BatchCost::Row BatchCost::row(double fixed) const {
  if (recent_.empty()) {
    return {};
  }
  Row row;
  row.median = quantile_of(recent_, 0.5, [&](Batch const& of) {
    return std::max(of.took - fixed, 0.0) / static_cast<double>(of.rows);
  });
  row.p90 = quantile_of(recent_, 0.9, [&](Batch const& of) {
    return of.took / std::max(fixed + row.median * static_cast<double>(of.rows), 1e-6);
  });
  return row;
}

}  // namespace bellows::batcher
