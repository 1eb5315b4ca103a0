#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bellows::locks {

/// The eight table lock modes (PostgreSQL manual, 13.3.1), weakest first.
enum class Mode : std::uint8_t {
  AccessShare,
  RowShare,
  RowExclusive,
  ShareUpdateExclusive,
  Share,
  ShareRowExclusive,
  Exclusive,
  AccessExclusive,
};

/// "ACCESS EXCLUSIVE", as LOCK TABLE spells it.
std::string_view to_string(Mode mode);
std::optional<Mode> mode_from(std::string_view text);

/// Symmetric (table 13.2 of the manual).
bool conflict(Mode a, Mode b);

/// An application's plain SELECT waits.
bool blocks_reads(Mode mode);
/// An application's INSERT, UPDATE or DELETE waits.
bool blocks_writes(Mode mode);

}  // namespace bellows::locks
