#include "planner/rules/sequence/sequence.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace bellows::rules {

namespace {

struct HeldLock {
  locks::Effect effect;
  std::size_t by;  // the statement
};
using HeldLocks = std::map<sql::QualifiedName, HeldLock>;

/// A query that nothing keeps from reading all rows. One with a WHERE may read few by an index.
bool reads_everything(sql::Statement const& statement) {
  if (statement.kind != "SELECT" && statement.kind != "COPY TO") {
    return false;
  }
  constexpr std::array<std::string_view, 6> fewer{"WHERE", "LIMIT", "FETCH", "JOIN", "ON", "USING"};
  return std::ranges::none_of(words_of(statement), [&](std::string const& word) {
    return std::ranges::find(fewer, word) != fewer.end();
  });
}

/// CREATE TABLE AS … WITH NO DATA: the query is not run.
bool runs_no_query(sql::Statement const& statement) {
  if (statement.kind != "CREATE TABLE AS" && statement.kind != "CREATE MATERIALIZED VIEW") {
    return false;
  }
  constexpr std::array<std::string_view, 3> ending{"WITH", "NO", "DATA"};
  std::vector<std::string> const words = words_of(statement);
  return words.size() >= ending.size() &&
         std::equal(ending.rbegin(), ending.rend(), words.rbegin());
}

/// A strong lock of its own that takes long has been told of, by the rules of single statements.
std::string_view reading(Reviewed const& reviewed, locks::Effect const& effect) {
  if (effect.on_new || is_strong(effect) || runs_no_query(reviewed.statement)) {
    return "";
  }
  if (effect.scans || reads_everything(reviewed.statement)) {
    return "every row of it is read";
  }
  return reviewed.statement.kind == "ANALYZE" ? "a sample of its rows is read" : "";
}

Finding finding(HeldLock const& held, std::string_view what, Sequence const& sequence) {
  auto const& [effect, by] = held;
  return {"read-under-lock", Severity::Error,
          fmt::format("The lock of {} that {} took in this transaction ({}) is held while {}: {} "
                      "wait all the while.",
                      effect.relation.display(), earlier_one(sequence, by),
                      locks::to_string(effect.lock), what,
                      locks::blocks_reads(effect.lock) ? "reads and writes" : "writes"),
          fmt::format("Put this statement into {}.", own_migration(sequence.conduct))};
}

std::optional<Finding> found_in(Reviewed const& reviewed, HeldLocks const& held,
                                Sequence const& sequence) {
  for (locks::Effect const& effect : reviewed.effects.relations) {
    auto const lock = held.find(effect.relation);
    std::string_view const what = lock == held.end() ? "" : reading(reviewed, effect);
    if (!what.empty()) {
      return finding(lock->second, what, sequence);
    }
  }
  return std::nullopt;
}

void take_locks(Reviewed const& reviewed, std::size_t at, HeldLocks& held) {
  for (locks::Effect const& effect : reviewed.effects.relations) {
    if (!is_strong(effect)) {
      continue;
    }
    auto const [entry, taken] = held.try_emplace(effect.relation, HeldLock{effect, at});
    if (!taken && entry->second.effect.lock < effect.lock) {
      entry->second = {effect, at};
    }
  }
}

}  // namespace

// A weak lock is no comfort to those who wait for a strong one that the same transaction took
// before: it lasts until the rows are read.
std::vector<SequenceFinding> read_under_lock(Sequence const& sequence) {
  auto const told = validated_with_its_constraint(sequence);
  bool const apart = sequence.conduct.by_bellows() && !is_bracketed(sequence);
  HeldLocks held;
  std::vector<SequenceFinding> found;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    Reviewed const& reviewed = sequence.statements[at];
    if (!reviewed.effects.transactional) {
      held.clear();  // what is before it has been committed
      continue;
    }
    if (apart && only_validates(reviewed.statement)) {
      continue;
    }
    bool const said = std::ranges::find(told, at, &SequenceFinding::statement) != told.end();
    if (auto one = said ? std::nullopt : found_in(reviewed, held, sequence)) {
      found.push_back({at, std::move(*one)});
    }
    take_locks(reviewed, at, held);
  }
  return found;
}

}  // namespace bellows::rules
