#pragma once

#include <cstdint>

/// Words of functions and triggers that statements and catalogs have in common.
namespace bellows::sql {

enum class TriggerTime : std::uint8_t { Before, After, InsteadOf };
enum class Volatility : std::uint8_t { Volatile, Stable, Immutable };

}  // namespace bellows::sql
