#include "planner/sql/parser/calls.hpp"
#include "planner/sql/parser/parse_objects.hpp"

#include <algorithm>

// INSERT, DELETE, SELECT …: what it is and whom it touches.
namespace bellows::sql {

namespace {

RangeVar const* written_by(Node const& node) {
  if (auto const* insert = tree::as<InsertStmt>(&node)) {
    return insert->relation;
  }
  if (auto const* erase = tree::as<DeleteStmt>(&node)) {
    return erase->relation;
  }
  if (auto const* merge = tree::as<MergeStmt>(&node)) {
    return merge->relation;
  }
  if (auto const* change = tree::as<UpdateStmt>(&node)) {
    return change->relation;
  }
  auto const* copy = tree::as<CopyStmt>(&node);
  return copy != nullptr && copy->is_from ? copy->relation : nullptr;
}

/// Empty: a statement that is none of these.
std::string data_kind(Node const& node) {
  switch (node.type) {
    case T_InsertStmt:
      return "INSERT";
    case T_DeleteStmt:
      return "DELETE";
    case T_MergeStmt:
      return "MERGE";
    case T_SelectStmt:
      return tree::as<SelectStmt>(&node)->lockingClause != nullptr ? "SELECT FOR UPDATE" : "SELECT";
    case T_CopyStmt:
      return tree::as<CopyStmt>(&node)->is_from ? "COPY FROM" : "COPY TO";
    case T_TruncateStmt:
      return tree::as<TruncateStmt>(&node)->behavior == DROP_CASCADE ? "TRUNCATE CASCADE"
                                                                     : "TRUNCATE";
    case T_ExplainStmt:
      return "EXPLAIN";
    case T_DoStmt:
      return "DO";
    case T_CallStmt:
      return "CALL";
    case T_ExecuteStmt:
      return "EXECUTE";
    default:  // PostgreSQL's enum of every node there is
      return "";
  }
}

bool is_opaque(Node const& node) {
  bool const code =
      tree::is<DoStmt>(&node) || tree::is<CallStmt>(&node) || tree::is<ExecuteStmt>(&node);
  return code || !calls_in(node).unknown.empty();
}

void take_relations(DataStatement& data, Node const& node) {
  if (auto const* truncate = tree::as<TruncateStmt>(&node)) {
    data.writes = relations_in(node);
    data.restarts_identity = truncate->restart_seqs;
    return;
  }
  tree::walk(node, [&](Node const& below) {
    if (RangeVar const* target = written_by(below)) {
      data.writes.push_back(tree::qualified(*target));
    }
    return true;
  });
  data.reads = relations_in(node);
  std::erase_if(data.reads, [&](QualifiedName const& name) {
    return std::ranges::find(data.writes, name) != data.writes.end();
  });
}

}  // namespace

bool makes_table(Node const& statement) {
  auto const* select = tree::as<SelectStmt>(&statement);
  return select != nullptr && select->intoClause != nullptr;
}

bool parse_data(Statement& into, Node const& statement) {
  DataStatement data;
  data.kind = data_kind(statement);
  if (data.kind.empty() || makes_table(statement)) {
    return false;
  }
  data.opaque = is_opaque(statement);
  take_relations(data, statement);
  if (auto const* copy = tree::as<CopyStmt>(&statement)) {
    data.through_client = copy->filename == nullptr;
  }
  if (auto const* erase = tree::as<DeleteStmt>(&statement)) {
    data.deletion = deletion(*erase, into.raw.text);
  }
  if (auto const* insert = tree::as<InsertStmt>(&statement)) {
    data.insertion = insertion(*insert, into.raw.text);
  }
  into.kind = data.kind;
  into.body = std::move(data);
  if (auto const* block = tree::as<DoStmt>(&statement)) {
    take_block(into, *block);
  }
  return true;
}

}  // namespace bellows::sql
