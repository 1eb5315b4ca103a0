#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Turns what an input does to the process into a failure that names the input: a crash, a hang,
/// memory without bound.
namespace bellows::fuzz {

inline constexpr unsigned seconds_per_input = 20;  // sanitizers on a busy machine included
inline constexpr std::size_t bytes_per_process = 4UL << 30U;

/// Once. `keep_in` is where the input at hand is written when the process dies. With a sanitizer
/// there is no limit of memory: its shadow takes terabytes of address space.
void start_watching(std::string keep_in);

/// The input that runs from here on; must outlive the next call.
void watch(std::string_view input);

/// The most that the process has had in memory so far.
std::size_t peak_bytes();

}  // namespace bellows::fuzz
