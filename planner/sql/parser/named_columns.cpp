#include "planner/sql/named_columns.hpp"

#include "planner/sql/parser/parse_objects.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace bellows::sql {

namespace {

using Columns = std::vector<Identifier>;

void add_targets(Columns& columns, List const* targets) {
  for (ResTarget const* target : tree::items<ResTarget>(targets)) {
    columns.push_back(identifier(target->name));
  }
}

// What one node of a statement names, one function each.

void add(std::vector<NamedColumns>& all, InsertStmt const& insert) {
  Columns columns;
  add_targets(columns, insert.cols);
  if (OnConflictClause const* conflict = insert.onConflictClause) {
    List const* keys = conflict->infer == nullptr ? nullptr : conflict->infer->indexElems;
    for (IndexElem const* key : tree::items<IndexElem>(keys)) {
      columns.push_back(identifier(key->name));
    }
    add_targets(columns, conflict->targetList);
  }
  all.push_back({tree::qualified(*insert.relation), std::move(columns)});
}

void add(std::vector<NamedColumns>& all, UpdateStmt const& update) {
  Columns columns;
  add_targets(columns, update.targetList);
  all.push_back({tree::qualified(*update.relation), std::move(columns)});
}

void add(std::vector<NamedColumns>& all, MergeStmt const& merge) {
  Columns columns;
  for (MergeWhenClause const* clause : tree::items<MergeWhenClause>(merge.mergeWhenClauses)) {
    add_targets(columns, clause->targetList);
  }
  all.push_back({tree::qualified(*merge.relation), std::move(columns)});
}

void add(std::vector<NamedColumns>& all, CopyStmt const& copy) {
  if (copy.is_from && copy.relation != nullptr) {
    all.push_back({tree::qualified(*copy.relation), identifiers(copy.attlist)});
  }
}

void add(std::vector<NamedColumns>& all, GrantStmt const& grant) {
  if (grant.targtype != ACL_TARGET_OBJECT || grant.objtype != OBJECT_TABLE) {
    return;
  }
  Columns columns;
  for (AccessPriv const* privilege : tree::items<AccessPriv>(grant.privileges)) {
    std::ranges::move(identifiers(privilege->cols), std::back_inserter(columns));
  }
  for (RangeVar const* relation : tree::items<RangeVar>(grant.objects)) {
    all.push_back({tree::qualified(*relation), columns});
  }
}

void add(std::vector<NamedColumns>& all, CommentStmt const& comment) {
  if (comment.objtype == OBJECT_COLUMN) {
    Node const* column = tree::last(tree::as<List>(comment.object));
    all.push_back({table_of_part(*comment.object), {identifier(column)}});
  }
}

void add(std::vector<NamedColumns>& all, CreateStatsStmt const& statistics) {
  Columns columns;
  for (StatsElem const* element : tree::items<StatsElem>(statistics.exprs)) {
    columns.push_back(identifier(element->name));
  }
  for (Node const* relation : tree::items(statistics.relations)) {
    if (auto const* range = tree::as<RangeVar>(relation)) {
      all.push_back({tree::qualified(*range), columns});
    }
  }
}

/// VACUUM takes a list only with ANALYZE, and asks for that first.
void add(std::vector<NamedColumns>& all, VacuumStmt const& statement) {
  for (VacuumRelation const* one : tree::items<VacuumRelation>(statement.rels)) {
    if (!statement.is_vacuumcmd && one->relation != nullptr) {
      all.push_back({tree::qualified(*one->relation), identifiers(one->va_cols)});
    }
  }
}

template <typename... Raw>
void add_one_of(std::vector<NamedColumns>& all, Node const& node) {
  auto const add_as = [&](auto const* raw) {
    if (raw != nullptr) {
      add(all, *raw);
    }
  };
  (add_as(tree::as<Raw>(&node)), ...);
}

std::vector<NamedColumns> named_in(std::string const& text) {
  std::vector<NamedColumns> all;
  tree::Parsed const parsed = tree::parse(text);
  if (Node const* statement = parsed.only()) {
    tree::walk(*statement, [&](Node const& node) {
      add_one_of<InsertStmt, UpdateStmt, MergeStmt, CopyStmt, GrantStmt, CommentStmt,
                 CreateStatsStmt, VacuumStmt>(all, node);
      return true;
    });
  }
  for (NamedColumns& named : all) {
    std::erase_if(named.columns, [](Identifier const& one) { return one.empty(); });  // expressions
  }
  std::erase_if(all, [](NamedColumns const& named) { return named.columns.empty(); });
  return all;
}

}  // namespace

std::vector<NamedColumns> named_columns(Statement const& statement) {
  try {
    return named_in(statement.raw.text);
  } catch (SyntaxError const&) {
    return {};
  }
}

}  // namespace bellows::sql
