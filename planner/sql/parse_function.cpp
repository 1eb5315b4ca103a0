#include "planner/sql/parse_parts.hpp"
#include "planner/sql/type_name.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

bool is_taken(PgQuery__FunctionParameterMode mode) {
  return mode != PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_OUT &&
         mode != PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_TABLE;
}

std::optional<Volatility> volatility_of(std::string_view word) {
  constexpr std::pair<std::string_view, Volatility> words[] = {
      {"volatile", Volatility::Volatile},
      {"stable", Volatility::Stable},
      {"immutable", Volatility::Immutable},
  };
  auto const* found =
      std::ranges::find(words, word, &std::pair<std::string_view, Volatility>::first);
  return found == std::end(words) ? std::nullopt : std::optional(found->second);
}

/// AS 'object file', 'link symbol' has two: that is compiled code.
std::optional<std::string> quoted_body(PgQuery__Node const* as) {
  bool const one =
      as != nullptr && as->node_case == PG_QUERY__NODE__NODE_LIST && as->list->n_items == 1;
  return one ? std::optional(std::string(tree::text_of(as->list->items[0]))) : std::nullopt;
}

void take_option(FunctionDefinition& definition, PgQuery__DefElem const& option) {
  std::string_view const name = option.defname;
  if (name == "language") {
    definition.language = tree::text_of(option.arg);
  }
  if (name == "as") {
    definition.body = quoted_body(option.arg);
  }
  if (name == "volatility") {
    definition.volatility = volatility_of(tree::text_of(option.arg));
  }
}

}  // namespace

FunctionDefinition function_definition(PgQuery__CreateFunctionStmt const& statement) {
  FunctionDefinition definition;
  definition.name = tree::qualified(statement.funcname, statement.n_funcname);
  for (PgQuery__Node const* node : nodes(statement.parameters, statement.n_parameters)) {
    PgQuery__FunctionParameter const& parameter = *node->function_parameter;
    if (is_taken(parameter.mode)) {
      definition.arguments.push_back(type_name(*parameter.arg_type));
    }
  }
  if (statement.return_type != nullptr) {
    definition.returns = type_name(*statement.return_type);
  }
  for (PgQuery__Node const* option : nodes(statement.options, statement.n_options)) {
    take_option(definition, *option->def_elem);
  }
  if (definition.language.empty() && statement.sql_body != nullptr) {
    definition.language = "sql";
  }
  if (definition.language == "c" || definition.language == "internal") {
    definition.body.reset();
  }
  return definition;
}

FunctionDefinition function_definition(PgQuery__AlterFunctionStmt const& statement) {
  FunctionDefinition definition;
  definition.alters = true;
  definition.name = tree::qualified(statement.func->objname, statement.func->n_objname);
  definition.arguments_said = statement.func->args_unspecified == 0;
  for (PgQuery__Node const* node : nodes(statement.func->objargs, statement.func->n_objargs)) {
    definition.arguments.push_back(type_name(*node->type_name));
  }
  for (PgQuery__Node const* option : nodes(statement.actions, statement.n_actions)) {
    take_option(definition, *option->def_elem);
  }
  return definition;
}

}  // namespace bellows::sql
