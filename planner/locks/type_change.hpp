#pragma once

#include <cstdint>
#include <string_view>

namespace bellows::locks {

/// What ALTER COLUMN TYPE does to the heap and to plain indexes on the column (measured; cf. the
/// manual, ALTER TABLE, Notes).
enum class TypeChange : std::uint8_t {  // from the least to the most that is at stake
  Free,                                 // neither is touched
  RebuildsIndexes,                      // the heap stays
  ByTimeZone,  // free of a rewrite only while the session's TimeZone is UTC
  Unknown,     // a type of the user's own: may be a domain with constraints
  Rewrites,    // all of it
};

/// Types as format_type() prints them.
TypeChange type_change(std::string_view from, std::string_view to);

/// A TimeZone under which a timestamp is stored the same with and without time zone. PostgreSQL
/// asks whether it never has an offset, not what it is called (timestamp.c,
/// TimestampTimestampTzRequiresRewrite).
bool is_utc(std::string_view time_zone);

/// A type of PostgreSQL's own: no domain, and what it does is known here.
bool is_shipped_type(std::string_view type);

}  // namespace bellows::locks
