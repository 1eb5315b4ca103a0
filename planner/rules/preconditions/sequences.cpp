#include "planner/catalog/sequences.hpp"

#include "planner/rules/preconditions/parts.hpp"

// Source: sequence.c, process_owned_by(); dependency.c: an identity's sequence depends on its
// column from within. What a default takes from is told by blockers.hpp.
namespace bellows::rules::preconditions {

namespace {

/// The column of which the sequence is the identity's; nullptr where it is nobody's.
Column const* identity_of(Catalog const& catalog, QualifiedName const& sequence) {
  Table const* owner = catalog::owner_of_sequence(catalog, sequence);
  if (owner == nullptr) {
    return nullptr;
  }
  auto const found = std::ranges::find_if(owner->columns, [&](Column const& column) {
    return column.identity != catalog::Identity::None && !column.sequences.empty() &&
           column.sequences.front() == sequence;
  });
  return found == owner->columns.end() ? nullptr : &*found;
}

Breach told(Facts const& facts, QualifiedName const& sequence, Column const& column) {
  Table const* owner = catalog::owner_of_sequence(facts.catalog, sequence);
  return breach(sequence.display(), column.name.quoted() + " of " + owner->name.display());
}

MaybeBreach drops_identitys_sequence(Facts const& facts) {
  auto const* drop = facts.body<sql::Drop>();
  if (drop == nullptr || drop->kind != sql::ObjectKind::Sequence) {
    return std::nullopt;
  }
  for (QualifiedName const& name : facts.targets) {
    if (Column const* column = identity_of(facts.catalog, name)) {
      return told(facts, name, *column);
    }
  }
  return std::nullopt;
}

MaybeBreach gives_identitys_away(Facts const& facts) {
  auto const* altered = facts.body<sql::Other>();
  bool const owned =
      altered != nullptr && altered->owner && facts.statement.kind == "ALTER SEQUENCE";
  Column const* column = owned ? identity_of(facts.catalog, facts.target()) : nullptr;
  return column == nullptr ? std::nullopt : std::optional(told(facts, facts.target(), *column));
}

MaybeBreach owner_has_no_such_column(Facts const& facts) {
  auto const* altered = facts.body<sql::Other>();
  bool const asks = altered != nullptr && altered->owner && !altered->owner->table.name.empty();
  Table const* owner = asks ? facts.catalog.table(altered->owner->table) : nullptr;
  return owner != nullptr && facts.catalog.complete && !owner->partial &&
                 owner->column(altered->owner->column) == nullptr
             ? std::optional(breach(altered->owner->column.quoted(), owner->name.display()))
             : std::nullopt;
}

constexpr Precondition sequences_rows[] = {
    {"2BP01", drops_identitys_sequence, of::drop,
     "{what} is the identity's of {other}, and goes with it alone",
     "ALTER COLUMN … DROP IDENTITY, which drops it."},
    {"0A000", gives_identitys_away, of::other,
     "{what} is the identity's of {other}, and stays there",
     "ALTER COLUMN … DROP IDENTITY, and make a sequence of its own for the other column."},
    {"42703", owner_has_no_such_column, of::other, "{other} has no column {what}",
     "Check the name."},
};

}  // namespace

std::span<Precondition const> of_sequences() {
  return sequences_rows;
}

}  // namespace bellows::rules::preconditions
