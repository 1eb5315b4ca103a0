#include "runner/rollout/deadline.hpp"

#include "batcher/pace/window.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace bellows::runner {
namespace {

constexpr std::size_t longest_time_of_day = 5;  // "06:00"; a timestamp is longer

constexpr char const* of_the_day = R"(
WITH local AS (
  SELECT coalesce(nullif($2::text, ''), current_setting('TimeZone')) AS zone, clock_timestamp() AS now
), next AS (
  SELECT (now AT TIME ZONE zone)::date + $1::time AS today, now, zone FROM local
)
SELECT (extract(epoch FROM (CASE WHEN today AT TIME ZONE zone > now THEN today
                            ELSE today + interval '1 day' END) AT TIME ZONE zone - now) * 1000)::bigint
FROM next)";

constexpr char const* timestamp = R"(
SELECT (extract(epoch FROM CASE WHEN $2 = '' THEN $1::timestamptz
                           ELSE $1::timestamp AT TIME ZONE $2 END - clock_timestamp()) * 1000)::bigint)";

}  // namespace

Deadline::Deadline(Stop& stop, std::chrono::milliseconds left, std::string why) {
  auto const end = std::chrono::steady_clock::now() + left;
  thread_ = std::thread([this, &stop, end, why = std::move(why)] {
    std::unique_lock lock(mutex_);
    if (!ends_.wait_until(lock, end, [this] { return ending_; })) {
      stop.time_is_up(why);
    }
  });
}

Deadline::~Deadline() {
  {
    std::lock_guard const lock(mutex_);
    ending_ = true;
    ends_.notify_all();
  }
  thread_.join();
}

std::chrono::milliseconds time_until(postgres::Session& session, std::string const& time,
                                     std::string const& zone) {
  bool const daily = time.size() <= longest_time_of_day;
  if (daily) {
    batcher::parse_time_of_day(time);
  }
  try {
    auto const rows = session.run(daily ? of_the_day : timestamp, {time, zone});
    std::chrono::milliseconds const left(rows.number(0, 0));
    if (left.count() <= 0) {
      throw std::invalid_argument(fmt::format("{} is past", time));
    }
    return left;
  } catch (postgres::Failure const& failure) {
    if (failure.sqlstate.starts_with("22")) {  // what it says, or a time zone that is not there
      throw std::invalid_argument(fmt::format("'{}' is not a time: {}", time, failure.what()));
    }
    throw;
  }
}

}  // namespace bellows::runner
