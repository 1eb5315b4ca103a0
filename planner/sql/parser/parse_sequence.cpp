#include "planner/sql/parser/parse_parts.hpp"

namespace bellows::sql {

namespace {

/// The list of names behind an option; null where it is not given.
List const* names_of(List const* options, std::string_view wanted) {
  for (DefElem const* option : tree::items<DefElem>(options)) {
    if (option->defname == wanted && tree::is<List>(option->arg)) {
      return tree::as<List>(option->arg);
    }
  }
  return nullptr;
}

}  // namespace

std::optional<SequenceOwner> sequence_owner(List const* options) {
  auto const names = tree::items(names_of(options, "owned_by"));
  if (names.empty()) {
    return std::nullopt;
  }
  if (names.size() == 1) {
    return SequenceOwner{};  // NONE; the server refuses every other single word
  }
  return SequenceOwner{tree::qualified(names.first(names.size() - 1)), identifier(names.back())};
}

QualifiedName named_sequence(Constraint const& identity) {
  return tree::qualified(names_of(identity.options, "sequence_name"));
}

}  // namespace bellows::sql
