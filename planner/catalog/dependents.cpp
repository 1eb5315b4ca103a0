#include "planner/catalog/dependents.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace bellows::catalog {

namespace {

using sql::Uses;

bool same(Dependent const& a, Dependent const& b) {
  return a.kind == b.kind && a.name == b.name;
}

bool means(Identifier const& qualifier, Uses::Relation const& relation, bool own) {
  if (qualifier.empty()) {
    return true;
  }
  bool const row = own && (qualifier.raw() == "new" || qualifier.raw() == "old");
  return row || qualifier == (relation.alias.empty() ? relation.name.name : relation.alias);
}

/// Whose columns the names of a query are, as PostgreSQL looks for them.
class Names {
 public:
  Names(Catalog const& catalog, Uses const& uses, QualifiedName const& own)
      : catalog_(catalog), uses_(uses), own_(own) {}

  /// `use` is that column of `relation`.
  bool is(Uses::Column const& use, Uses::Relation const& relation, Identifier const& column) const {
    bool const star = use.name.empty();
    if ((!star && use.name != column) || !means(use.qualifier, relation, is_own(relation))) {
      return false;
    }
    std::size_t scope = use.scope;
    while (scope != relation.scope) {  // outwards, until somebody nearer has it
      bool const ends = uses_.around[scope] == scope || (star && use.qualifier.empty());
      if (ends || is_found_in(scope, use)) {
        return false;
      }
      scope = uses_.around[scope];
    }
    return true;
  }

 private:
  bool is_own(Uses::Relation const& relation) const {
    return !own_.name.empty() && catalog_.resolve(relation.name) == own_;
  }

  bool is_found_in(std::size_t scope, Uses::Column const& use) const {
    return std::ranges::any_of(uses_.relations, [&](Uses::Relation const& relation) {
      Table const* table = relation.scope == scope && means(use.qualifier, relation, false)
                               ? catalog_.table(relation.name)
                               : nullptr;
      return table != nullptr && (use.name.empty() || table->column(use.name) != nullptr);
    });
  }

  Catalog const& catalog_;
  Uses const& uses_;
  QualifiedName const& own_;
};

std::vector<Identifier> columns_used(Names const& names, Uses const& uses, Table const& table,
                                     Uses::Relation const& relation) {
  std::vector<Identifier> used;
  for (Column const& column : table.columns) {
    bool const named = std::ranges::any_of(uses.columns, [&](Uses::Column const& use) {
      return names.is(use, relation, column.name);
    });
    if (named) {
      used.push_back(column.name);
    }
  }
  return used;
}

void put(Table& table, Dependent dependent) {
  auto const found = std::ranges::find_if(
      table.dependents, [&](Dependent const& other) { return same(other, dependent); });
  if (found == table.dependents.end()) {
    table.dependents.push_back(std::move(dependent));
    std::ranges::sort(table.dependents, [](Dependent const& a, Dependent const& b) {
      return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
    });
    return;
  }
  // The same table once more in the query, under another alias: columns in the table's order.
  std::vector<Identifier> both;
  for (Column const& column : table.columns) {
    bool const in_one = std::ranges::count(found->columns, column.name) != 0 ||
                        std::ranges::count(dependent.columns, column.name) != 0;
    if (in_one) {
      both.push_back(column.name);
    }
  }
  found->columns = std::move(both);
}

void collect_views(Catalog const& catalog, QualifiedName const& relation, Identifier const* column,
                   std::vector<QualifiedName>& views) {
  Table const* table = catalog.table(relation);
  if (table == nullptr) {
    return;
  }
  for (Dependent const& dependent : table->dependents) {
    bool const reads = column == nullptr || std::ranges::count(dependent.columns, *column) != 0;
    bool const known = std::ranges::find(views, dependent.name) != views.end();
    if (is_view(dependent.kind) && reads && !known) {
      views.push_back(dependent.name);
      collect_views(catalog, dependent.name, nullptr, views);
    }
  }
}

}  // namespace

bool is_view(DependentKind kind) {
  return kind == DependentKind::View || kind == DependentKind::MaterializedView;
}

void add_dependent(Catalog& catalog, Dependent const& dependent, Uses const& uses,
                   QualifiedName const& own) {
  Names const names(catalog, uses, own);
  for (Uses::Relation const& relation : uses.relations) {
    Table* table = catalog.table(relation.name);
    if (table == nullptr || table->name == dependent.name) {
      continue;
    }
    bool const is_own = table->name == own;
    Dependent here = dependent;
    here.columns = columns_used(names, uses, *table, relation);
    // A trigger belongs to its table as a whole; only the columns are worth telling.
    bool const as_a_whole = dependent.kind == DependentKind::Policy ||
                            dependent.kind == DependentKind::Publication ||
                            dependent.kind == DependentKind::Rule;
    if (!is_own || as_a_whole || !here.columns.empty()) {
      put(*table, std::move(here));
    }
  }
}

void drop_dependent(Catalog& catalog, Dependent const& dependent, QualifiedName const& own) {
  auto const is_it = [&](Dependent const& other) { return same(other, dependent); };
  auto const has_it = [&](Table const& table) {
    return std::ranges::any_of(table.dependents, is_it);
  };
  auto const drop_from = [&](Table& table) { std::erase_if(table.dependents, is_it); };
  if (is_view(dependent.kind) || dependent.kind == DependentKind::Function) {
    return catalog.tables.edit_where(has_it, drop_from);
  }
  Table const* table = std::as_const(catalog).table(own);
  if (table != nullptr && has_it(*table)) {
    drop_from(*catalog.table(own));
  }
}

void rename_holder(Catalog& catalog, DependentKind kind, QualifiedName const& from,
                   QualifiedName const& to) {
  auto const is_it = [&](Dependent const& dependent) {
    bool const of_kind = dependent.kind == kind || (is_view(kind) && is_view(dependent.kind));
    return of_kind && dependent.name == from;
  };
  catalog.tables.edit_where(
      [&](Table const& table) { return std::ranges::any_of(table.dependents, is_it); },
      [&](Table& table) {
        for (Dependent& dependent : table.dependents) {
          dependent.name = is_it(dependent) ? to : dependent.name;
        }
      });
}

void rename_dependent(Table& table, DependentKind kind, Identifier const& from,
                      Identifier const& to) {
  for (Dependent& dependent : table.dependents) {
    if (dependent.kind == kind && dependent.name.name == from) {
      dependent.name.name = to;
    }
  }
}

std::vector<QualifiedName> views_above(Catalog const& catalog, QualifiedName const& relation,
                                       Identifier const* column) {
  std::vector<QualifiedName> views;
  collect_views(catalog, relation, column, views);
  std::ranges::sort(views);
  return views;
}

}  // namespace bellows::catalog
