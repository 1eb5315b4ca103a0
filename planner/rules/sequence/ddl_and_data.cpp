#include "planner/rules/sequence/sequence.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

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

std::string message(locks::Effect const& locked, bool before, sql::QualifiedName const& written) {
  if (!before) {
    return fmt::format(
        "The rows of {} that it writes stay locked while a later statement of this "
        "transaction waits for the lock of {} ({}).",
        written.display(), locked.relation.display(), locks::to_string(locked.lock));
  }
  return fmt::format(
      "The lock of {} that an earlier statement of this transaction took ({}) is "
      "held while {} rows are written: it lasts as long as they take.",
      locked.relation.display(), locks::to_string(locked.lock),
      written == locked.relation ? "its" : written.display() + "'s");
}

/// The first statement that takes a strong lock in the transaction, and that lock.
std::optional<std::pair<std::size_t, locks::Effect>> first_lock(Sequence const& sequence) {
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    Reviewed const& reviewed = sequence.statements[at];
    auto const& effects = reviewed.effects.relations;
    auto const strong = std::ranges::find_if(effects, is_strong);
    if (in_transaction(reviewed) && strong != effects.end()) {
      return std::pair(at, *strong);
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
    return {{at,
             {"schema-and-data-together", Severity::Warning,
              message(lock->second, lock->first < at, *written),
              "Put the change of rows into a migration of its own."}}};
  }
  return {};
}

}  // namespace bellows::rules
