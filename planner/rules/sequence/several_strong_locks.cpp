#include "planner/rules/sequence/sequence.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::rules {

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
      if (!effects.transactional || !is_strong(effect)) {
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
  std::vector<std::string> names;
  for (sql::QualifiedName const& name : locked) {
    names.push_back(name.display());
  }
  return {{*where,
           {"several-strong-locks", Severity::Warning,
            fmt::format("In one transaction, {} are locked one after the other and all are held "
                        "until the last is done: whoever uses them in another order deadlocks.",
                        fmt::join(names, ", ")),
            "One migration for each table; or a transaction for each, as `bellows up` runs "
            "them."}}};
}

}  // namespace bellows::rules
