#pragma once

#include "planner/locks/conditions.hpp"
#include "planner/locks/facts.hpp"
#include "planner/locks/mode.hpp"
#include "planner/locks/related.hpp"

#include <cstdint>
#include <span>
#include <string_view>

/// The lock table: what is known of each statement, as data. A row says that, for statements of
/// one kind and under one condition, some relations are locked in a mode and worked upon. All rows
/// that apply add up: the strictest mode wins, work accumulates. A kind without a row is unknown.
///
/// To teach bellows a statement, add rows; tests/runner/locks/ executes them.
namespace bellows::locks {

enum class Work : std::uint8_t {
  None = 0,
  Rewrites = 1,         // the heap, and so every index
  Scans = 2,            // reads every row while the lock is held
  RebuildsIndexes = 4,  // those that the column is in, or all with Rewrites
  RebuildsAll = 8,      // every index, the heap stays
};
constexpr Work operator|(Work a, Work b) {
  return static_cast<Work>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool has(Work work, Work part) {
  return (static_cast<unsigned>(work) & static_cast<unsigned>(part)) != 0;
}

struct Row {
  std::string_view kind;  // Statement::kind; of an ALTER TABLE, with each of its sub-commands
  related::Names (*relations)(Facts const&) = related::nobody;
  Mode lock = Mode::AccessShare;
  Work work = Work::None;
  bool (*when)(Facts const&) = conditions::always;
  int since = 0;  // server versions, major, both inclusive
  int until = 999;
};

/// By kind.
std::span<Row const> rows();
std::span<Row const> rows_of(std::string_view kind);
/// Those that have a row which says nothing more than that they are known (table_objects.cpp).
std::span<std::string_view const> kinds_without_relations();

/// Kinds that PostgreSQL refuses inside a transaction block, and those that wait for older
/// transactions to end.
struct Conduct {
  std::string_view kind;
  bool transactional;
  bool waits_for_snapshots;
};
std::span<Conduct const> conducts();

}  // namespace bellows::locks
