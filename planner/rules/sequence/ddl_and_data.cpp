#include "planner/rules/sequence/sequence.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace bellows::rules {

namespace {

bool in_transaction(Reviewed const& reviewed) {
  return reviewed.effects.transactional;
}

/// What it changes the rows of; not of a table that is new here: filling that one is nobody's wait.
std::optional<sql::QualifiedName> written_table(Reviewed const& reviewed) {
  bool const data = std::holds_alternative<sql::DataStatement>(reviewed.statement.body) ||
                    std::holds_alternative<sql::Update>(reviewed.statement.body);
  if (!data) {
    return std::nullopt;
  }
  auto const& effects = reviewed.effects.relations;
  auto const written = std::ranges::find_if(effects, [](locks::Effect const& effect) {
    return !effect.on_new && effect.lock == locks::Mode::RowExclusive;
  });
  return written == effects.end() ? std::nullopt : std::optional(written->relation);
}

struct StrongLock {
  std::size_t statement;
  locks::Effect effect;
};

std::string message(Sequence const& sequence, StrongLock const& locked, std::size_t writes,
                    sql::QualifiedName const& written) {
  auto const& [at, effect] = locked;
  if (at < writes) {
    return fmt::format(
        "The lock of {} that {} took in this transaction ({}) is held while {} rows are written: "
        "it lasts as long as they take.",
        effect.relation.display(), earlier_one(sequence, at), locks::to_string(effect.lock),
        written == effect.relation ? "its" : written.display() + "'s");
  }
  bool const other_file = writes < sequence.earlier.size();
  return fmt::format(
      "The rows of {} that {} stay locked while {} waits for the lock of {} ({}).",
      written.display(),
      other_file ? sequence.earlier[writes] + " has written in this transaction" : "it writes",
      other_file ? "this statement" : "a later statement of this transaction",
      effect.relation.display(), locks::to_string(effect.lock));
}

/// The first statement that takes a strong lock in the transaction, and that lock.
std::optional<StrongLock> first_lock(Sequence const& sequence) {
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    Reviewed const& reviewed = sequence.statements[at];
    auto const& effects = reviewed.effects.relations;
    auto const strong = std::ranges::find_if(effects, is_strong);
    if (in_transaction(reviewed) && strong != effects.end()) {
      return StrongLock{at, *strong};
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<SequenceFinding> ddl_and_data(Sequence const& sequence) {
  auto const lock = first_lock(sequence);
  if (!lock) {
    return {};
  }
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    auto const written = written_table(sequence.statements[at]);
    if (!written || !in_transaction(sequence.statements[at])) {
      continue;
    }
    std::size_t const later = at < sequence.earlier.size() ? lock->statement : at;
    if (later < sequence.earlier.size()) {
      continue;  // told of an earlier file
    }
    return {{later,
             {"schema-and-data-together", Severity::Warning, message(sequence, *lock, at, *written),
              fmt::format("Put the change of rows into {}.", own_migration(sequence.conduct))}}};
  }
  return {};
}

}  // namespace bellows::rules
