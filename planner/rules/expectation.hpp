#pragma once

#include "planner/catalog/model.hpp"
#include "planner/locks/effects.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// How long a statement is going to work on a table of known size: a range, and what it rests on.
/// A guess for people, never an input of a plan.
namespace bellows::rules {

/// Bytes per second that a server gets through; assumed, not measured. From a busy network disk to
/// a local SSD with an idle server.
struct Pace {
  std::int64_t slow;
  std::int64_t fast;
};
inline constexpr std::int64_t megabyte = 1'000'000;
inline constexpr Pace scan_pace{100 * megabyte, 500 * megabyte};
inline constexpr Pace rewrite_pace{30 * megabyte, 150 * megabyte};  // reads, writes, logs, indexes

struct Expectation {
  sql::QualifiedName relation;
  std::int64_t bytes = 0;  // heap, indexes and TOAST
  bool writes = false;     // rewrites the heap or builds indexes; else only reads
  std::chrono::milliseconds from{0};
  std::chrono::milliseconds to{0};
  bool operator==(Expectation const&) const = default;
};

/// One for each relation that is read or rewritten whole, is not new, and whose size is known.
std::vector<Expectation> expectations(locks::Effects const& effects,
                                      catalog::Catalog const& catalog);

/// "12 s to 1 min: 6.0 GB (heap, indexes and TOAST) read at an assumed 100 to 500 MB/s"
std::string in_words(Expectation const& expectation);

}  // namespace bellows::rules
