#include "planner/sql/function_calls.hpp"

#include "planner/sql/calls.hpp"

namespace bellows::sql {

Calls calls_of(std::string const& expression) {
  return calls_of_statement("SELECT " + expression);
}

Calls calls_of_statement(std::string const& text) {
  try {
    tree::Parsed const parsed = tree::parse(text);
    return calls_in(parsed->base);
  } catch (SyntaxError const&) {
    return {};  // a newer server's
  }
}

std::vector<FunctionCall> functions_called(std::string const& statement) {
  std::vector<FunctionCall> calls;
  try {
    tree::Parsed const parsed = tree::parse(statement);
    tree::each<PgQuery__FuncCall>(
        parsed->base, pg_query__func_call__descriptor, [&](PgQuery__FuncCall const& call) {
          calls.push_back({tree::qualified(call.funcname, call.n_funcname), call.n_args});
        });
  } catch (SyntaxError const&) {
    calls.clear();  // a newer server's
  }
  return calls;
}

}  // namespace bellows::sql
