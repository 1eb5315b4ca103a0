#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "planner/sql/parse_parts.hpp"

namespace bellows::sql {

namespace {

void mention(CreateIndex& index, Identifier column) {
  if (std::ranges::find(index.mentioned, column) == index.mentioned.end()) {
    index.mentioned.push_back(std::move(column));
  }
}

void mention_all(CreateIndex& index, PgQuery__Node* expression) {
  if (expression == nullptr) { return; }
  for (Identifier& column : columns_in(expression->base)) { mention(index, std::move(column)); }
}

IndexElement element_of(PgQuery__IndexElem const& raw) {
  return {Identifier(raw.name), text_of_expression(raw.expr)};
}

/// Gives a string of an unpacked tree another value; the tree frees it as its own.
void assign(char*& field, std::string const& value) {
  if (field != nullptr && field != protobuf_c_empty_string) { std::free(field); }
  field = strdup(value.c_str());
}

void rename_in(PgQuery__ColumnRef& reference, Identifier const& column, Identifier const& to) {
  PgQuery__Node* last = reference.fields[reference.n_fields - 1];
  if (tree::text_of(last) == column.raw()) { assign(last->string->sval, to.raw()); }
}

void rename_in(PgQuery__IndexElem& element, Identifier const& column, Identifier const& to) {
  if (element.name == column.raw()) { assign(element.name, to.raw()); }
}

}  // namespace

CreateIndex create_index(PgQuery__Node& node) {
  PgQuery__IndexStmt const& statement = *node.index_stmt;
  CreateIndex index;
  index.name = Identifier(statement.idxname);
  index.table = tree::qualified(*statement.relation);
  index.only = statement.relation->inh == 0;
  if (*statement.access_method != '\0') { index.method = statement.access_method; }
  index.unique = statement.unique != 0;
  index.concurrently = statement.concurrent != 0;
  index.if_not_exists = statement.if_not_exists != 0;
  index.predicate = text_of_expression(statement.where_clause);
  index.definition = tree::deparse(node);
  for (PgQuery__Node* raw : nodes(statement.index_params, statement.n_index_params)) {
    index.keys.push_back(element_of(*raw->index_elem));
    if (!index.keys.back().column.empty()) { mention(index, index.keys.back().column); }
  }
  for (PgQuery__Node* raw :
       nodes(statement.index_including_params, statement.n_index_including_params)) {
    index.include.emplace_back(raw->index_elem->name);
    mention(index, index.include.back());
  }
  for (PgQuery__Node* raw : nodes(statement.index_params, statement.n_index_params)) {
    mention_all(index, raw->index_elem->expr);
  }
  mention_all(index, statement.where_clause);
  return index;
}

std::string index_for_column(std::string_view text, Identifier const& column, Identifier const& to,
                             Identifier const& index_name) {
  tree::Parsed const parsed = tree::parse(std::string(text));
  if (parsed->n_stmts != 1 || parsed->stmts[0]->stmt->node_case != PG_QUERY__NODE__NODE_INDEX_STMT) {
    throw std::invalid_argument("not a CREATE INDEX: " + std::string(text));
  }
  PgQuery__Node& node = *parsed->stmts[0]->stmt;
  PgQuery__IndexStmt& statement = *node.index_stmt;
  assign(statement.idxname, index_name.raw());
  statement.concurrent = 1;
  tree::each<PgQuery__IndexElem>(
      statement.base, pg_query__index_elem__descriptor,
      [&](PgQuery__IndexElem& element) { rename_in(element, column, to); });
  tree::each<PgQuery__ColumnRef>(
      statement.base, pg_query__column_ref__descriptor,
      [&](PgQuery__ColumnRef& reference) { rename_in(reference, column, to); });
  return tree::deparse(node);
}

}  // namespace bellows::sql
