#include "planner/sql/parse_parts.hpp"

namespace bellows::sql {

namespace {

/// The list of names behind an option; nothing where it is not given.
std::span<PgQuery__Node* const> names_of(std::span<PgQuery__Node* const> options,
                                         std::string_view wanted) {
  for (PgQuery__Node const* option : options) {
    PgQuery__DefElem const& element = *option->def_elem;
    bool const listed = element.defname == wanted && element.arg != nullptr &&
                        element.arg->node_case == PG_QUERY__NODE__NODE_LIST;
    if (listed) {
      return nodes(element.arg->list->items, element.arg->list->n_items);
    }
  }
  return {};
}

}  // namespace

std::optional<SequenceOwner> sequence_owner(std::span<PgQuery__Node* const> options) {
  auto const names = names_of(options, "owned_by");
  if (names.empty()) {
    return std::nullopt;
  }
  if (names.size() == 1) {
    return SequenceOwner{};  // NONE; the server refuses every other single word
  }
  return SequenceOwner{tree::qualified(names.data(), names.size() - 1),
                       Identifier(std::string(tree::text_of(names.back())))};
}

QualifiedName named_sequence(PgQuery__Constraint const& identity) {
  auto const names = names_of(nodes(identity.options, identity.n_options), "sequence_name");
  return names.empty() ? QualifiedName() : tree::qualified(names.data(), names.size());
}

}  // namespace bellows::sql
