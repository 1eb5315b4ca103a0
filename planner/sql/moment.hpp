#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

/// Dates and timestamps as PostgreSQL prints them (ISO), as numbers in the order of time. Nothing
/// for any other spelling: what it means, the server's settings would have to tell.
namespace bellows::sql {

/// "2026-03-01": days.
std::optional<std::int64_t> date_rank(std::string_view text);

/// "2026-03-01", "2026-03-01 12:30", "2026-03-01 12:30:00.5": microseconds.
std::optional<std::int64_t> timestamp_rank(std::string_view text);

/// The same with an offset behind the time: "2026-03-01 12:30:00+05:30".
std::optional<std::int64_t> timestamptz_rank(std::string_view text);

}  // namespace bellows::sql
