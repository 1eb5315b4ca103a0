#include "planner/sql/parse_parts.hpp"

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

void take_assignments(Update& update, std::span<PgQuery__Node* const> targets) {
  for (PgQuery__Node const* target : targets) {
    update.set.push_back({Identifier(target->res_target->name), ""});
  }
}

Update update_of(QualifiedName table, std::span<PgQuery__Node* const> targets,
                 std::vector<Identifier> pinned, char const* obstacle) {
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
bool is_of_constants(PgQuery__Node const& source) {
  if (source.node_case != PG_QUERY__NODE__NODE_RANGE_SUBSELECT) {
    return false;
  }
  PgQuery__Node const* query = source.range_subselect->subquery;
  return query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT &&
         query->select_stmt->n_values_lists > 0;
}

std::optional<Insertion> merged_rows(PgQuery__MergeStmt const& merge, WithNames const& with) {
  PgQuery__Node const& source = *merge.source_relation;
  if (source.node_case != PG_QUERY__NODE__NODE_RANGE_VAR) {
    return std::nullopt;
  }
  Insertion insertion;
  insertion.into = tree::qualified(*merge.relation);
  insertion.from = tree::qualified(*source.range_var);
  insertion.obstacle = "MERGE";
  bool const is_query = std::ranges::find(with, insertion.from) != with.end();
  return is_query ? std::nullopt : std::optional(std::move(insertion));
}

void take_merge(std::vector<Statement>& parts, PgQuery__MergeStmt const& merge,
                WithNames const& with) {
  QualifiedName const table = tree::qualified(*merge.relation);
  std::vector<Identifier> const pinned = pinned_columns(
      merge.join_condition, own_name(*merge.relation), is_of_constants(*merge.source_relation));
  auto const clauses = nodes(merge.merge_when_clauses, merge.n_merge_when_clauses);
  auto const has = [&](PgQuery__CmdType action) {
    return std::ranges::any_of(clauses, [action](PgQuery__Node const* clause) {
      return clause->merge_when_clause->command_type == action;
    });
  };
  if (has(PG_QUERY__CMD_TYPE__CMD_UPDATE)) {
    Update update = update_of(table, {}, pinned, "MERGE");
    for (PgQuery__Node const* clause : clauses) {
      take_assignments(update, nodes(clause->merge_when_clause->target_list,
                                     clause->merge_when_clause->n_target_list));
    }
    parts.push_back(part(std::move(update)));
  }
  if (has(PG_QUERY__CMD_TYPE__CMD_DELETE)) {
    parts.push_back(part(deletion_of(table, pinned, "MERGE")));
  }
  if (has(PG_QUERY__CMD_TYPE__CMD_INSERT)) {
    parts.push_back(part(table, merged_rows(merge, with)));
  }
}

// --- WITH ---

void take_query(std::vector<Statement>& parts, PgQuery__Node& query, WithNames const& with) {
  switch (query.node_case) {
    case PG_QUERY__NODE__NODE_UPDATE_STMT: {
      PgQuery__UpdateStmt const& update = *query.update_stmt;
      parts.push_back(part(update_of(
          tree::qualified(*update.relation), nodes(update.target_list, update.n_target_list),
          pinned_columns(update.where_clause, own_name(*update.relation)), "WITH")));
      return;
    }
    case PG_QUERY__NODE__NODE_DELETE_STMT: {
      PgQuery__DeleteStmt const& erase = *query.delete_stmt;
      parts.push_back(
          part(deletion_of(tree::qualified(*erase.relation),
                           pinned_columns(erase.where_clause, own_name(*erase.relation)), "WITH")));
      return;
    }
    case PG_QUERY__NODE__NODE_INSERT_STMT: {
      std::optional<Insertion> rows = copied_rows(*query.insert_stmt);
      bool const of_query = rows && std::ranges::find(with, rows->from) != with.end();
      if (rows) {
        rows->obstacle = "WITH";
      }
      parts.push_back(part(tree::qualified(*query.insert_stmt->relation),
                           of_query ? std::nullopt : std::move(rows)));
      return;
    }
    case PG_QUERY__NODE__NODE_MERGE_STMT:
      return take_merge(parts, *query.merge_stmt, with);
    default:
      return;  // PostgreSQL's enum of every node there is; the others change no rows
  }
}

WithNames with_names(ProtobufCMessage& root) {
  WithNames names;
  tree::each<PgQuery__CommonTableExpr>(root, pg_query__common_table_expr__descriptor,
                                       [&](PgQuery__CommonTableExpr const& query) {
                                         names.push_back({Identifier(), Identifier(query.ctename)});
                                       });
  return names;
}

bool is_analyzed(PgQuery__ExplainStmt const& statement) {
  return std::ranges::any_of(nodes(statement.options, statement.n_options),
                             [](PgQuery__Node const* option) {
                               return std::string_view(option->def_elem->defname) == "analyze" &&
                                      tree::text_of(option->def_elem->arg) != "false" &&
                                      tree::text_of(option->def_elem->arg) != "off";
                             });
}

}  // namespace

std::string_view own_name(PgQuery__RangeVar const& relation) {
  return relation.alias != nullptr ? relation.alias->aliasname : relation.relname;
}

std::vector<Statement> parts_within(PgQuery__Node& statement) {
  std::vector<Statement> parts;
  WithNames const with = with_names(statement.base);
  if (statement.node_case == PG_QUERY__NODE__NODE_EXPLAIN_STMT) {
    if (!is_analyzed(*statement.explain_stmt)) {
      return parts;
    }
    take_query(parts, *statement.explain_stmt->query, with);
  }
  if (statement.node_case == PG_QUERY__NODE__NODE_MERGE_STMT) {
    take_merge(parts, *statement.merge_stmt, with);
  }
  tree::each<PgQuery__CommonTableExpr>(
      statement.base, pg_query__common_table_expr__descriptor,
      [&](PgQuery__CommonTableExpr const& query) { take_query(parts, *query.ctequery, with); });
  return parts;
}

}  // namespace bellows::sql
