#include "planner/rules/sequence/sequence.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::rules {

namespace {

/// Whoever reads a view locks it before its tables, as a migration that changes both does. One that
/// is dropped is not in the catalog any more.
bool is_view(Sequence const& sequence, locks::Effect const& effect) {
  return std::ranges::any_of(sequence.statements, [&](Reviewed const& reviewed) {
    auto const* drop = std::get_if<sql::Drop>(&reviewed.statement.body);
    catalog::Table const* table = sequence.catalog.table(effect.relation);
    bool const dropped = drop != nullptr && drop->kind == sql::ObjectKind::View &&
                         std::ranges::any_of(drop->names, [&](sql::QualifiedName const& name) {
                           return sequence.catalog.resolve(name) == effect.relation;
                         });
    return dropped || (table != nullptr && table->kind == catalog::TableKind::View);
  });
}

/// The first few of many: who has to know them all reads the file.
std::string in_words(std::vector<sql::QualifiedName> const& locked) {
  constexpr std::size_t shown = 4;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(locked.size(), shown); ++i) {
    names.push_back(locked[i].display());
  }
  std::size_t const more = locked.size() - names.size();
  return fmt::format("{}{}", fmt::join(names, ", "),
                     more == 0 ? "" : fmt::format(" and {} more", more));
}

/// It is locked with its table, which is told.
bool is_index(Sequence const& sequence, Reviewed const& reviewed, locks::Effect const& effect) {
  auto const* drop = std::get_if<sql::Drop>(&reviewed.statement.body);
  bool const dropped = drop != nullptr && drop->kind == sql::ObjectKind::Index &&
                       reviewed.effects.relations.size() > drop->names.size() &&
                       std::ranges::any_of(drop->names, [&](sql::QualifiedName const& name) {
                         return sequence.catalog.resolve(name) == effect.relation;
                       });
  return dropped || sequence.catalog.table_of_index(effect.relation) != nullptr;
}

}  // namespace

// Two relations locked one after the other in one transaction: the application, which may take
// them the other way round, deadlocks with it; and the first is blocked while the second is waited
// for. Said once, at the statement that asks for the second one.
std::vector<SequenceFinding> several_strong_locks(Sequence const& sequence) {
  std::vector<sql::QualifiedName> locked;
  std::optional<std::size_t> where;
  std::size_t locking_statements = 0;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    locks::Effects const& effects = sequence.statements[at].effects;
    bool locks = false;
    for (locks::Effect const& effect : effects.relations) {
      bool const counts = effects.transactional && is_strong(effect) && !effect.owned_sequence &&
                          !is_view(sequence, effect) &&
                          !is_index(sequence, sequence.statements[at], effect);
      if (!counts) {
        continue;
      }
      locks = true;
      if (std::ranges::find(locked, effect.relation) == locked.end()) {
        locked.push_back(effect.relation);
        if (locking_statements > 0 && !where) {
          where = at;
        }
      }
    }
    locking_statements += locks ? 1 : 0;
  }
  if (!where) {
    return {};
  }
  return {{*where,
           {"several-strong-locks", Severity::Warning,
            fmt::format("In one transaction, {} are locked one after the other, and each is held "
                        "until the last is done: transactions that use them in another order can "
                        "deadlock with it.",
                        in_words(locked)),
            "One migration for each; where they belong together, LOCK TABLE them all first, in the "
            "order in which the application uses them."}}};
}

}  // namespace bellows::rules
