#include "planner/catalog/edit.hpp"
#include "planner/locks/related.hpp"

#include <algorithm>

// Relations that are found by what they are members or children of.
namespace bellows::locks::related {

using catalog::Catalog;
using catalog::Column;
using catalog::Table;
using sql::QualifiedName;

namespace {

void add_member(Names& names, QualifiedName const& name) {
  if (std::ranges::find(names, name) == names.end()) {
    names.push_back(name);
  }
}

/// What a column's type says when it holds values of the type: itself, an array of it, a domain
/// over it.
std::vector<std::string> holders(Catalog const& catalog, std::string const& type) {
  std::vector<std::string> texts{type, type + "[]"};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (auto const& [name, domain] : catalog.domains) {
      if (domain.base == texts[i] && std::ranges::find(texts, name) == texts.end()) {
        texts.push_back(name);
        texts.push_back(name + "[]");
      }
    }
  }
  return texts;
}

/// A DEFAULT stays what it was when the column's type changes: 'red'::color, and that as text.
bool casts_to(Column const& column, std::string const& type) {
  return column.default_sql && column.default_sql->ends_with("::" + type);
}

/// Of the types that the statement names; of a typed table all are.
template <typename Take>
void each_column_of_type(Facts const& facts, Take take) {
  Names types;
  if (auto const* change = facts.body<sql::DomainChange>()) {
    types = {change->domain};
  }
  if (auto const* drop = facts.body<sql::Drop>()) {
    types = drop->names;
  }
  for (QualifiedName const& type : types) {
    auto const texts = holders(facts.catalog, catalog::type_text(facts.catalog, type));
    for (auto const& [name, table] : facts.catalog.tables) {
      for (Column const& column : table.columns) {
        bool const uses =
            std::ranges::find(texts, column.type) != texts.end() || casts_to(column, texts.front());
        if (uses || table.of_type == texts.front()) {
          take(table, column);
        }
      }
    }
  }
}

/// Not where the target alone has it, NO INHERIT.
bool is_inherited_check(Table const* table, sql::Identifier const& name) {
  catalog::Constraint const* constraint = table == nullptr ? nullptr : table->constraint(name);
  return constraint != nullptr && constraint->kind == catalog::ConstraintKind::Check &&
         constraint->definition.find(" NO INHERIT") == std::string::npos;
}

}  // namespace

Names tables_of_schema(Facts const& facts) {
  auto const* other = facts.body<sql::Other>();
  Names all = every_table(facts);
  std::erase_if(all, [&](QualifiedName const& name) {
    return other == nullptr || name.schema != other->part;
  });
  return all;
}

Names every_table(Facts const& facts) {
  Names all;
  for (auto const& [name, table] : facts.catalog.tables) {
    if (table.kind == catalog::TableKind::Table ||
        table.kind == catalog::TableKind::MaterializedView) {
      all.push_back(name);
    }
  }
  return all;
}

Names target_or_every_table(Facts const& facts) {
  return facts.targets.empty() ? every_table(facts) : facts.targets;
}

Names children_with_check(Facts const& facts) {
  bool const asks =
      facts.command != nullptr && is_inherited_check(facts.table(), facts.command->name);
  Names all = asks ? children(facts) : Names{};
  std::erase_if(all, [&](QualifiedName const& name) {
    return !is_inherited_check(facts.catalog.table(name), facts.command->name);
  });
  return all;
}

Names type_users(Facts const& facts) {
  Names users;
  each_column_of_type(facts, [&](Table const& table, Column const&) {
    if (users.empty() || users.back() != table.name) {
      add_member(users, table.name);
    }
  });
  return users;
}

Names sequences_of_type_users(Facts const& facts) {
  Names sequences;
  each_column_of_type(facts, [&](Table const&, Column const& column) {
    sequences.insert(sequences.end(), column.sequences.begin(), column.sequences.end());
  });
  return sequences;
}

Names checked_again(Facts const& facts) {
  Names checked;
  for (QualifiedName const& name : facts.command == nullptr ? Names{} : tree(facts)) {
    Table const* table = facts.catalog.table(name);
    auto const is_on_column = [&](catalog::Constraint const& one) {
      return one.kind == catalog::ConstraintKind::Check && one.validated &&
             std::ranges::find(one.columns, facts.command->name) != one.columns.end();
    };
    if (table != nullptr && std::ranges::any_of(table->constraints, is_on_column)) {
      checked.push_back(name);
    }
  }
  return checked;
}

Names left_out_of_publication(Facts const& facts) {
  auto const* other = facts.body<sql::Other>();
  bool const replaces = other != nullptr && other->publication &&
                        other->publication->action == sql::PublicationChange::Action::Replace;
  Names members;
  for (auto const& [name, table] : facts.catalog.tables) {
    bool const in =
        replaces && std::ranges::any_of(table.dependents, [&](catalog::Dependent const& one) {
          return one.kind == catalog::DependentKind::Publication && one.name.name == other->part;
        });
    if (in) {
      add_member(members, name);
    }
  }
  return members;
}

Names below_published(Facts const& facts) {
  auto const* other = facts.body<sql::Other>();
  Names below;
  if (other == nullptr || !other->publication) {
    return below;
  }
  for (auto const& member : other->publication->tables) {
    Table const* table = facts.catalog.table(member.table);
    if (table == nullptr || table->kind == catalog::TableKind::Partitioned) {
      continue;
    }
    for (QualifiedName const& name : catalog::with_children(facts.catalog, table->name, false)) {
      if (name != table->name) {
        add_once(below, name);
      }
    }
  }
  return below;
}

Names below_at_once(Facts const& facts) {
  Names below;
  for (QualifiedName const& name : facts.catalog.linked(catalog::Link::Below, facts.target())) {
    Table const* table = facts.catalog.table(name);
    bool const child = table != nullptr &&
                       std::ranges::find(table->inherits, facts.target()) != table->inherits.end();
    if (child || (table != nullptr && table->partition_of == facts.target())) {
      below.push_back(name);
    }
  }
  return below;
}

Names children_of_other(Facts const& facts) {
  if (facts.command == nullptr) {
    return {};
  }
  Names below = catalog::with_children(facts.catalog, facts.command->other, false);
  std::erase(below, facts.catalog.resolve(facts.command->other));
  return below;
}

}  // namespace bellows::locks::related
