#include "planner/catalog/sequences.hpp"
#include "planner/locks/related.hpp"
#include "planner/sql/text.hpp"

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

/// The name in nextval('…'), as it is written.
std::optional<QualifiedName> taken_from(std::string const& expression) {
  std::vector<sql::Token> const tokens = sql::scan(expression);
  auto const text = [&](std::size_t at) {
    return std::string_view(expression).substr(tokens[at].offset, tokens[at].length);
  };
  for (std::size_t at = 0; at + 2 < tokens.size(); ++at) {
    bool const calls = text(at) == "nextval" && text(at + 1) == "(";
    std::string_view const name = calls ? text(at + 2) : "";
    if (name.size() > 2 && name.front() == '\'') {
      return sql::parse_qualified_name(name.substr(1, name.size() - 2));
    }
  }
  return std::nullopt;
}

}  // namespace

Names sequence_of_default(Facts const& facts) {
  Names all;
  auto const take = [&](std::string const& expression) {
    if (auto const name = taken_from(expression)) {
      all.push_back(facts.catalog.resolve(*name));
    }
  };
  auto const take_defaults = [&](sql::ColumnDefinition const& column) {
    for (sql::ConstraintDefinition const& constraint : column.constraints) {
      if (constraint.form == sql::ConstraintForm::Default) {
        take(constraint.expression);
      }
    }
  };
  if (auto const* create = facts.body<sql::CreateTable>()) {
    std::ranges::for_each(create->columns, take_defaults);
  }
  if (facts.command != nullptr) {
    take(facts.command->expression);
    take_defaults(facts.command->column);
  }
  return all;
}

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
