#include "planner/sql/newer.hpp"
#include "planner/sql/parse_parts.hpp"
#include "planner/sql/script.hpp"

namespace bellows::sql {

namespace {

std::string alter_table_kind(PgQuery__AlterTableStmt const& statement, AlterTable const& alter) {
  std::string const object(object_type(statement.objtype).words);
  return "ALTER " + object + (alter.commands.size() == 1 ? " " + alter.commands[0].kind : "");
}

void parse_node(Statement& into, PgQuery__Node& node) {
  into.search_path = search_path_of(node);
  into.time_zone = time_zone_of(node);
  into.within = parts_within(node);
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
      into.kind = "CREATE TABLE";
      into.body = create_table(*node.create_stmt);
      break;
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT: {
      AlterTable alter = alter_table(*node.alter_table_stmt);
      into.kind = alter_table_kind(*node.alter_table_stmt, alter);
      into.body = std::move(alter);
      break;
    }
    case PG_QUERY__NODE__NODE_INDEX_STMT: {
      CreateIndex index = create_index(*node.index_stmt, into.raw.text);
      into.kind = index.concurrently ? "CREATE INDEX CONCURRENTLY" : "CREATE INDEX";
      into.body = std::move(index);
      break;
    }
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
      into.kind = "UPDATE";
      into.body = update(*node.update_stmt, into.raw.text);
      break;
    default:
      parse_other(into, node);  // PostgreSQL's enum of every node there is
  }
}

void parse_text(Statement& into, std::string const& text) {
  tree::Parsed const parsed = tree::parse(text);
  if (parsed->n_stmts != 1) {
    throw SyntaxError("not exactly one statement", Position{});
  }
  parse_node(into, *parsed->stmts[0]->stmt);
}

bool parse_newer(Statement& statement) {
  try {
    InOlderWords const older = in_older_words(statement.raw.text);
    parse_text(statement, older.text);
    apply_newer(statement, older.parts);
    return true;
  } catch (SyntaxError const&) {
    return false;  // what the parser said of the statement itself is the better message
  }
}

void read_command(Statement& statement) {
  std::string const& text = statement.raw.text;
  std::string const why = why_refused(text);
  statement.kind = text.substr(0, text.find_first_of(" \t\r"));
  statement.body =
      Unparsed{why.empty() ? "it stands in the middle of a statement" : why, Position{}};
}

}  // namespace

Statement parse(RawStatement raw) {
  Statement statement;
  statement.raw = std::move(raw);
  if (statement.raw.text.starts_with('\\')) {
    read_command(statement);
    return statement;
  }
  try {
    parse_text(statement, statement.raw.text);
  } catch (SyntaxError const& error) {
    if (!parse_newer(statement)) {
      statement.kind = "UNKNOWN";
      statement.body = Unparsed{error.what(), error.at};
    }
  }
  return statement;
}

Statement parse_one(std::string_view text) {
  std::vector<RawStatement> statements = split(text);
  if (statements.size() == 1) {
    return parse(std::move(statements[0]));
  }
  return parse({std::string(text), Position{}, {}});
}

}  // namespace bellows::sql
