#include "batcher/control/brake.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr milliseconds look_again = 250ms;
constexpr auto recently = 2s;
constexpr char const* recovery = "recovery";  // the duty rises, and no signal slows it any more
constexpr double almost_all = 0.95;           // of the time
constexpr double smoothing = 0.3;             // of the WAL that a row costs
constexpr double portion = 0.5;  // seconds of a rate that one round of batches may spend

milliseconds rounded_up(std::chrono::nanoseconds time) {
  return std::max(std::chrono::ceil<milliseconds>(time), 0ms);
}

}  // namespace

Brake::Brake(milliseconds pause, Clock::time_point now) : pause_(pause), duty_(now) {}

void Brake::press(double pressure, bool held, std::string const& name, std::string const& why,
                  Clock::time_point now) {
  duty_.press(pressure, held, now);
  held_ = held;
  if (held || Duty::slows(pressure)) {
    signal_ = name;
    signal_why_ = why;
  } else if (!signal_.empty() && signal_ != recovery) {
    signal_why_ = fmt::format("{}: over, the speed comes back", signal_);
    signal_ = recovery;
  }
}

void Brake::hold(std::string why, std::string by) {
  order_ = std::move(why);
  ordered_by_ = std::move(by);
}

void Brake::limit(Rates const& rates, Clock::time_point now) {
  rows_.limit(rates.rows, now);
  wal_.limit(rates.wal, now);
}

void Brake::share_budget(bool rows, bool wal) {
  purse_.rows = rows ? std::optional(purse_.rows.value_or(0)) : std::nullopt;
  purse_.wal = wal ? std::optional(purse_.wal.value_or(0)) : std::nullopt;
}

void Brake::draw(Purse const& drawn) {
  if (purse_.rows) {
    *purse_.rows += drawn.rows.value_or(0);
  }
  if (purse_.wal) {
    *purse_.wal += drawn.wal.value_or(0);
  }
}

void Brake::spent(int lane, double rows, double wal, std::chrono::microseconds took,
                  Clock::time_point now) {
  rows_.spend(rows, now);
  wal_.spend(wal, now);
  draw({-rows, -wal});
  if (rows > 0 && wal > 0) {
    double const cost = wal / rows;
    wal_per_row_ = wal_per_row_ > 0 ? wal_per_row_ + smoothing * (cost - wal_per_row_) : cost;
  }
  turns_[lane] = {now, took, true};
}

Brake::Wait Brake::wait_for_rates(Clock::time_point now) {
  auto const of = [](milliseconds time, char const* by, std::string why) {
    return Wait{time, false, by, std::move(why)};
  };
  if (milliseconds const time = rows_.wait(now); time > 0ms) {
    return of(time, "rows per second", fmt::format("limit {:.0f} rows/s", *rows_.limit()));
  }
  if (milliseconds const time = wal_.wait(now); time > 0ms) {
    return of(time, "WAL per second", fmt::format("limit {:.0f} bytes/s of WAL", *wal_.limit()));
  }
  if (purse_.rows.value_or(1) <= 0) {
    return of(look_again, "database budget", "the rows/s that all jobs share are spent");
  }
  if (purse_.wal.value_or(1) <= 0) {
    return of(look_again, "database budget", "the WAL/s that all jobs share is spent");
  }
  return {};
}

Brake::Wait Brake::wait(int lane, Clock::time_point now) {
  if (!order_.empty()) {
    return {look_again, true, ordered_by_, order_};
  }
  if (held_) {
    return {look_again, true, signal_, signal_why_};
  }
  if (Wait const wait = wait_for_rates(now); wait.time > 0ms) {
    by_rate_ = wait;
    by_rate_at_ = now;
    return wait;
  }
  Turn const& turn = turns_[lane];
  if (!turn.any) {
    return {};
  }
  auto const rest = duty_.pause_after(turn.took);
  auto const due = turn.ended + std::max<std::chrono::nanoseconds>(rest, pause_);
  if (due <= now) {
    return {};
  }
  bool const by_signal = rest > pause_;
  return {rounded_up(due - now), false, by_signal ? signal_ : "", by_signal ? signal_why_ : ""};
}

std::optional<std::int64_t> Brake::most_rows(int lanes) const {
  std::optional<double> most;
  auto const offer = [&](std::optional<double> rate, double cost) {
    if (rate && cost > 0) {
      double const rows = *rate * portion / cost / std::max(lanes, 1);
      most = std::min(most.value_or(rows), rows);
    }
  };
  offer(rows_.limit(), 1);
  offer(wal_.limit(), wal_per_row_);
  return most ? std::optional(std::max<std::int64_t>(static_cast<std::int64_t>(*most), 1))
              : std::nullopt;
}

// A rate makes lanes wait now and then: it counts as what limits until it has not for a moment.
Brake::Wait Brake::what_limits(Clock::time_point now) {
  if (!order_.empty()) {
    return {look_again, true, ordered_by_, order_};
  }
  if (held_) {
    return {look_again, true, signal_, signal_why_};
  }
  if (!by_rate_.by.empty() && now - by_rate_at_ < recently) {
    return by_rate_;
  }
  return duty_.share() < almost_all ? Wait{0ms, false, signal_, signal_why_} : Wait{};
}

PaceState Brake::state(Clock::time_point now) {
  Wait const limit = what_limits(now);
  if (limit.by != limited_by_) {
    limited_by_ = limit.by;
    since_ = limit.by.empty() ? std::nullopt : std::optional(std::chrono::system_clock::now());
  }
  PaceState state;
  state.duty = limit.held ? 0 : duty_.share();
  state.limited_by = limit.by;
  state.why = limit.why;
  state.since = since_;
  return state;
}

}  // namespace bellows::batcher
