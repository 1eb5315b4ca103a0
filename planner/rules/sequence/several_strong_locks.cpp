#include "planner/rules/sequence/sequence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace bellows::rules {

namespace {

using Names = std::set<sql::QualifiedName>;

/// They are not in the catalog any more.
Names dropped_views(Sequence const& sequence) {
  Names names;
  for (Reviewed const& reviewed : sequence.statements) {
    auto const* drop = std::get_if<sql::Drop>(&reviewed.statement.body);
    if (drop == nullptr || drop->kind != sql::ObjectKind::View) {
      continue;
    }
    for (sql::QualifiedName const& name : drop->names) {
      names.insert(sequence.catalog.resolve(name));
    }
  }
  return names;
}

/// Whoever reads a view locks it before its tables, as a migration that changes both does.
bool is_view(Sequence const& sequence, Names const& dropped, locks::Effect const& effect) {
  catalog::Table const* table = sequence.catalog.table(effect.relation);
  return dropped.contains(effect.relation) ||
         (table != nullptr && table->kind == catalog::TableKind::View);
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

std::string all_of(std::vector<sql::QualifiedName> const& locked) {
  constexpr std::size_t readable = 8;
  std::string names;
  for (sql::QualifiedName const& name : locked) {
    names += (names.empty() ? "" : ", ") + name.display();
  }
  return locked.size() <= readable ? names : "…";
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
  Names const views = dropped_views(sequence);
  std::vector<sql::QualifiedName> locked;
  Names seen;  // the same
  std::optional<std::size_t> where;
  std::size_t locking_statements = 0;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    locks::Effects const& effects = sequence.statements[at].effects;
    bool locks = false;
    for (locks::Effect const& effect : effects.relations) {
      bool const counts = effects.transactional && is_strong(effect) && !effect.owned_sequence &&
                          !is_view(sequence, views, effect) &&
                          !is_index(sequence, sequence.statements[at], effect);
      if (!counts) {
        continue;
      }
      locks = true;
      if (seen.insert(effect.relation).second) {
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
  if (*where < sequence.earlier.size()) {  // told of an earlier file
    std::size_t const first = sequence.earlier.size();
    auto own = several_strong_locks(
        {sequence.statements.subspan(first), sequence.catalog, sequence.conduct, {}});
    for (SequenceFinding& one : own) {
      one.statement += first;
    }
    return own;
  }
  return {{*where,
           {"several-strong-locks", Severity::Warning,
            fmt::format("In one transaction, {} are locked one after the other, and each is held "
                        "until the last is done: transactions that use them in another order can "
                        "deadlock with it.",
                        in_words(locked)),
            fmt::format(
                "One migration {}for each; where they belong together, lock them all first, "
                "in the order in which the application uses them: LOCK TABLE {} IN ACCESS "
                "EXCLUSIVE MODE.",
                sequence.conduct.sharing == Sharing::Run ? "and one run " : "", all_of(locked))}}};
}

}  // namespace bellows::rules
