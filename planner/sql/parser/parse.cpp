#include "planner/sql/parser/forms.hpp"
#include "planner/sql/parser/newer.hpp"
#include "planner/sql/parser/parse_parts.hpp"
#include "planner/sql/script.hpp"

#include <stdexcept>

namespace bellows::sql {

namespace {

std::string alter_table_kind(AlterTableStmt const& statement, AlterTable const& alter) {
  std::string const object(object_type(statement.objtype).words);
  return "ALTER " + object + (alter.commands.size() == 1 ? " " + alter.commands[0].kind : "");
}

void parse_node(Statement& into, Node const& node) {
  if (auto const* create = tree::as<CreateStmt>(&node)) {
    into.kind = "CREATE TABLE";
    into.body = create_table(*create);
    return;
  }
  if (auto const* statement = tree::as<AlterTableStmt>(&node)) {
    AlterTable alter = alter_table(*statement);
    into.kind = alter_table_kind(*statement, alter);
    into.body = std::move(alter);
    return;
  }
  if (auto const* statement = tree::as<IndexStmt>(&node)) {
    CreateIndex index = create_index(*statement, into.raw.text);
    into.kind = index.concurrently ? "CREATE INDEX CONCURRENTLY" : "CREATE INDEX";
    into.body = std::move(index);
    return;
  }
  into.search_path = search_path_of(node);
  into.time_zone = time_zone_of(node);
  into.within = parts_within(node);
  if (auto const* change = tree::as<UpdateStmt>(&node)) {
    into.kind = "UPDATE";
    into.body = update(*change, into.raw.text);
  } else {
    parse_other(into, node);
  }
}

void parse_text(Statement& into, std::string const& text) {
  tree::Parsed const parsed = tree::parse(text);
  Node const* statement = parsed.only();
  if (statement == nullptr) {
    throw SyntaxError("not exactly one statement", Position{});
  }
  parse_node(into, *statement);
  into.forms = forms_of(*statement, text);
}

bool parse_newer(Statement& statement) {
  try {
    std::optional<InOlderWords> const older = in_older_words(statement.raw.text);
    if (older) {
      parse_text(statement, older->text);
      apply_newer(statement, *older);
    }
    return older.has_value();
  } catch (SyntaxError const&) {
    return false;  // what the parser said of the statement itself is the better message
  } catch (std::invalid_argument const&) {
    return false;  // no name where one is wanted
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
