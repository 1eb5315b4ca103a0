#include "planner/catalog/sequences.hpp"
#include "planner/locks/related.hpp"

#include <algorithm>
#include <iterator>

namespace bellows::locks::related {

namespace {

using catalog::Column;
using catalog::Table;
using sql::QualifiedName;

template <typename Wanted>
Names sequences_where(Facts const& facts, Names const& tables, Wanted wanted) {
  Names all;
  for (QualifiedName const& name : tables) {
    Table const* table = facts.catalog.table(name);
    if (table == nullptr) {
      continue;
    }
    for (Column const& column : table->columns) {
      if (wanted(column)) {
        all.insert(all.end(), column.sequences.begin(), column.sequences.end());
      }
    }
  }
  return all;
}

bool any(Column const&) {
  return true;
}

}  // namespace

Names owned_sequences(Facts const& facts) {
  return sequences_where(facts, facts.targets, any);
}

Names sequences_below(Facts const& facts) {
  return sequences_where(facts, tree(facts), any);
}

Names sequences_of_column(Facts const& facts) {
  return sequences_where(facts, tree(facts), [&](Column const& column) {
    return facts.command != nullptr && column.name == facts.command->name;
  });
}

Names identity_sequence(Facts const& facts) {
  Table const* table = facts.table();
  Column const* column =
      table == nullptr || facts.command == nullptr ? nullptr : table->column(facts.command->name);
  bool const has = column != nullptr && column->identity != catalog::Identity::None &&
                   !column->sequences.empty();
  return has ? Names{column->sequences.front()} : Names{};
}

Names restarted_sequences(Facts const& facts) {
  auto const* data = facts.body<sql::DataStatement>();
  if (data == nullptr || !data->restarts_identity) {
    return {};
  }
  Names emptied = tree(facts);
  if (data->kind == "TRUNCATE CASCADE") {
    std::ranges::copy(emptied_along(facts), std::back_inserter(emptied));
  }
  return sequences_where(facts, emptied, any);
}

Names sequence_users(Facts const& facts) {
  auto const* drop = facts.body<sql::Drop>();
  bool const named = drop != nullptr && drop->kind == sql::ObjectKind::Sequence;
  Names const sequences = named                      ? facts.targets
                          : facts.command != nullptr ? sequences_of_column(facts)
                                                     : sequences_below(facts);
  Names users;
  for (QualifiedName const& sequence : sequences) {
    for (QualifiedName const& user : catalog::users_of_sequence(facts.catalog, sequence)) {
      if (std::ranges::find(users, user) == users.end()) {
        users.push_back(user);
      }
    }
  }
  return users;
}

}  // namespace bellows::locks::related
