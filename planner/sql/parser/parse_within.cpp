#include "planner/sql/parser/parse_parts.hpp"

#include <algorithm>

// What changes rows beside a statement's own body: WITH queries, the actions of a MERGE.
namespace bellows::sql {

namespace {

using WithNames = std::vector<QualifiedName>;

Statement part(Update update) {
  Statement statement;
  statement.kind = "UPDATE";
  statement.body = std::move(update);
  return statement;
}

Statement part(DataStatement data) {
  Statement statement;
  statement.kind = data.kind;
  statement.body = std::move(data);
  return statement;
}

Statement part(Deletion deletion) {
  DataStatement data;
  data.kind = "DELETE";
  data.writes = {deletion.table};
  data.deletion = std::move(deletion);
  return part(std::move(data));
}

Statement part(QualifiedName const& into, std::optional<Insertion> insertion) {
  DataStatement data;
  data.kind = "INSERT";
  data.writes = {into};
  data.insertion = std::move(insertion);
  return part(std::move(data));
}

void take_assignments(Update& update, List const* targets) {
  for (ResTarget const* target : tree::items<ResTarget>(targets)) {
    update.set.push_back({identifier(target->name), ""});
  }
}

Update update_of(QualifiedName table, List const* targets, std::vector<Identifier> pinned,
                 char const* obstacle) {
  Update update;
  update.table = std::move(table);
  update.pinned = std::move(pinned);
  update.obstacle = obstacle;
  take_assignments(update, targets);
  return update;
}

Deletion deletion_of(QualifiedName table, std::vector<Identifier> pinned, char const* obstacle) {
  Deletion deletion;
  deletion.table = std::move(table);
  deletion.pinned = std::move(pinned);
  deletion.obstacle = obstacle;
  return deletion;
}

// --- MERGE ---

/// USING (VALUES …): as many rows as are written there.
bool is_of_constants(Node const* source) {
  auto const* values = tree::as<RangeSubselect>(source);
  auto const* query = values == nullptr ? nullptr : tree::as<SelectStmt>(values->subquery);
  return query != nullptr && query->valuesLists != nullptr;
}

/// NOT MATCHED BY SOURCE is about all the rows that the join's condition does not take.
std::vector<Identifier> pinned_by(MergeStmt const& merge) {
  bool const others = std::ranges::any_of(
      tree::items<MergeWhenClause>(merge.mergeWhenClauses), [](MergeWhenClause const* clause) {
        return clause->matchKind == MERGE_WHEN_NOT_MATCHED_BY_SOURCE;
      });
  return others ? std::vector<Identifier>()
                : pinned_columns(merge.joinCondition, own_name(*merge.relation),
                                 is_of_constants(merge.sourceRelation));
}

std::optional<Insertion> merged_rows(MergeStmt const& merge, WithNames const& with) {
  auto const* source = tree::as<RangeVar>(merge.sourceRelation);
  if (source == nullptr) {
    return std::nullopt;
  }
  Insertion insertion;
  insertion.into = tree::qualified(*merge.relation);
  insertion.from = tree::qualified(*source);
  insertion.obstacle = "MERGE";
  bool const is_query = std::ranges::find(with, insertion.from) != with.end();
  return is_query ? std::nullopt : std::optional(std::move(insertion));
}

void take_merge(std::vector<Statement>& parts, MergeStmt const& merge, WithNames const& with) {
  QualifiedName const table = tree::qualified(*merge.relation);
  std::vector<Identifier> const pinned = pinned_by(merge);
  auto const clauses = tree::items<MergeWhenClause>(merge.mergeWhenClauses);
  auto const has = [&](CmdType action) {
    return std::ranges::find(clauses, action, &MergeWhenClause::commandType) != clauses.end();
  };
  if (has(CMD_UPDATE)) {
    Update update = update_of(table, {}, pinned, "MERGE");
    for (MergeWhenClause const* clause : clauses) {
      take_assignments(update, clause->targetList);
    }
    parts.push_back(part(std::move(update)));
  }
  if (has(CMD_DELETE)) {
    parts.push_back(part(deletion_of(table, pinned, "MERGE")));
  }
  if (has(CMD_INSERT)) {
    parts.push_back(part(table, merged_rows(merge, with)));
  }
}

// --- WITH ---

void take_query(std::vector<Statement>& parts, Node const* query, WithNames const& with) {
  if (auto const* change = tree::as<UpdateStmt>(query)) {
    parts.push_back(
        part(update_of(tree::qualified(*change->relation), change->targetList,
                       pinned_columns(change->whereClause, own_name(*change->relation)), "WITH")));
  } else if (auto const* erase = tree::as<DeleteStmt>(query)) {
    parts.push_back(
        part(deletion_of(tree::qualified(*erase->relation),
                         pinned_columns(erase->whereClause, own_name(*erase->relation)), "WITH")));
  } else if (auto const* insert = tree::as<InsertStmt>(query)) {
    std::optional<Insertion> rows = copied_rows(*insert);
    bool const of_query = rows && std::ranges::find(with, rows->from) != with.end();
    if (rows) {
      rows->obstacle = "WITH";
    }
    parts.push_back(
        part(tree::qualified(*insert->relation), of_query ? std::nullopt : std::move(rows)));
  } else if (auto const* merge = tree::as<MergeStmt>(query)) {
    take_merge(parts, *merge, with);
  }
}

using Queries = std::vector<CommonTableExpr const*>;

WithNames names_of(Queries const& queries) {
  WithNames names;
  for (CommonTableExpr const* query : queries) {
    names.push_back({Identifier(), identifier(query->ctename)});
  }
  return names;
}

bool is_analyzed(ExplainStmt const& statement) {
  return std::ranges::any_of(tree::items<DefElem>(statement.options), [](DefElem const* option) {
    std::string_view const value = tree::text_of(option->arg);
    return tree::text(option->defname) == "analyze" && value != "false" && value != "off";
  });
}

}  // namespace

std::string_view own_name(RangeVar const& relation) {
  return relation.alias != nullptr ? relation.alias->aliasname : relation.relname;
}

std::vector<Statement> parts_within(Node const& statement) {
  std::vector<Statement> parts;
  Queries queries;
  tree::each<CommonTableExpr>(statement,
                              [&](CommonTableExpr const& query) { queries.push_back(&query); });
  WithNames const with = names_of(queries);
  if (auto const* explain = tree::as<ExplainStmt>(&statement)) {
    if (!is_analyzed(*explain)) {
      return parts;
    }
    take_query(parts, explain->query, with);
  }
  if (auto const* merge = tree::as<MergeStmt>(&statement)) {
    take_merge(parts, *merge, with);
  }
  for (CommonTableExpr const* query : queries) {
    take_query(parts, query->ctequery, with);
  }
  return parts;
}

}  // namespace bellows::sql
