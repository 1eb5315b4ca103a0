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

}  // namespace

std::vector<SequenceFinding> ddl_and_data(Sequence const& sequence) {
  sql::QualifiedName locked;
  for (Reviewed const& reviewed : sequence.statements) {
    auto const& effects = reviewed.effects.relations;
    auto const strong = std::ranges::find_if(effects, is_strong);
    if (in_transaction(reviewed) && strong != effects.end()) {
      locked = strong->relation;
      break;
    }
  }
  if (locked.name.empty()) {
    return {};
  }
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    auto const written = written_table(sequence.statements[at]);
    if (!written || !in_transaction(sequence.statements[at])) {
      continue;
    }
    return {{at,
             {"schema-and-data-together", Severity::Warning,
              fmt::format("{} is locked by a schema change of the same transaction while rows of "
                          "{} are written: the lock lasts as long as the rows take.",
                          locked.display(), written->display()),
              "Put the change of rows into a migration of its own, after the schema's."}}};
  }
  return {};
}

}  // namespace bellows::rules
