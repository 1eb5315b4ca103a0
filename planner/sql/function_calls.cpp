#include "planner/sql/function_calls.hpp"

#include "planner/sql/tree.hpp"

namespace bellows::sql {

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
