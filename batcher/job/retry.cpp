#include "batcher/job/retry.hpp"

#include <algorithm>
#include <array>

namespace bellows::batcher {
namespace {

using postgres::FailureKind;
using std::chrono::milliseconds;

struct Row {
  FailureKind kind;
  Advice advice;
  milliseconds first_pause;
  milliseconds longest_pause;
};

constexpr std::array rows{
    Row{FailureKind::LockTimeout, {true, false, true}, milliseconds(10), milliseconds(1'000)},
    Row{FailureKind::StatementTimeout, {true, false, true}, milliseconds(50), milliseconds(5'000)},
    Row{FailureKind::Deadlock, {true, false, true}, milliseconds(50), milliseconds(1'000)},
    Row{FailureKind::Serialization, {true, false, false}, milliseconds(10), milliseconds(1'000)},
    Row{FailureKind::ConnectionLost, {true, true, false}, milliseconds(50), milliseconds(5'000)},
    Row{FailureKind::InDoubt, {true, true, false}, milliseconds(50), milliseconds(5'000)},
    Row{FailureKind::ReadOnly, {true, true, false}, milliseconds(500), milliseconds(10'000)},
    Row{FailureKind::Resources, {true, true, true}, milliseconds(1'000), milliseconds(30'000)},
    Row{FailureKind::BadRow, {false, false, false}, milliseconds(0), milliseconds(0)},
    Row{FailureKind::Permanent, {false, false, false}, milliseconds(0), milliseconds(0)},
};

// A kind without a row is Permanent, the last one.
Row const& row_of(FailureKind kind) {
  auto const* const found =
      std::find_if(rows.begin(), rows.end(), [&](Row const& row) { return row.kind == kind; });
  return found == rows.end() ? rows.back() : *found;
}

}  // namespace

Advice advice_on(FailureKind kind) {
  return row_of(kind).advice;
}

Patience::Patience(milliseconds budget, std::uint32_t seed) : budget_(budget), random_(seed) {}

void Patience::reset() {
  failures_ = 0;
}

bool Patience::spent(Clock::time_point now) {
  if (failures_ == 0) {
    first_ = now;
  }
  return now - first_ > budget_;
}

milliseconds Patience::next_pause(FailureKind kind) {
  Row const& row = row_of(kind);
  int const doublings = std::min(failures_++, 16);
  auto const full = std::min(row.first_pause.count() << doublings, row.longest_pause.count());
  // Half of it for sure, the other half by chance: two runs do not march in step.
  std::uniform_int_distribution<milliseconds::rep> part(full / 2, full);
  return milliseconds(part(random_));
}

}  // namespace bellows::batcher
