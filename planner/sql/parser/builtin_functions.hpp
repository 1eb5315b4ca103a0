#pragma once

#include <cstdint>
#include <string_view>

/// What PostgreSQL says of the functions that it ships (pg_proc of 15, additions up to 18, and the
/// contrib modules whose functions are usual in defaults).
namespace bellows::sql {

/// Volatile: some overload gives another result at every call. Rows: returns a set.
enum class FunctionKind : std::uint8_t { Unknown, Plain, Volatile, Aggregate, Window, Rows };

/// `name` without its schema, as stored. Unknown: PostgreSQL does not ship it.
FunctionKind function_kind(std::string_view name);

}  // namespace bellows::sql
