#include "planner/sql/function_calls.hpp"

#include "planner/sql/parser/calls.hpp"

namespace bellows::sql {

Calls calls_of(std::string const& expression) {
  return calls_of_statement("SELECT " + expression);
}

Calls calls_of_statement(std::string const& text) {
  Calls calls;
  try {
    tree::Parsed const parsed = tree::parse(text);
    for (RawStmt const* statement : parsed.statements()) {
      Calls const more = calls_in(*statement->stmt);
      calls.volatile_function |= more.volatile_function;
      calls.unknown.insert(calls.unknown.end(), more.unknown.begin(), more.unknown.end());
    }
    return calls;
  } catch (SyntaxError const&) {
    return {};  // a newer server's
  }
}

std::vector<FunctionCall> functions_called(std::string const& statement) {
  std::vector<FunctionCall> calls;
  try {
    tree::Parsed const parsed = tree::parse(statement);
    for (RawStmt const* one : parsed.statements()) {
      tree::each<FuncCall>(*one->stmt, [&](FuncCall const& call) {
        calls.push_back({tree::qualified(call.funcname), tree::items(call.args).size()});
      });
    }
  } catch (SyntaxError const&) {
    calls.clear();  // a newer server's
  }
  return calls;
}

}  // namespace bellows::sql
