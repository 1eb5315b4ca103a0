#include "planner/sql/parser/parse_parts.hpp"
#include "planner/sql/parser/type_name.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

bool is_taken(FunctionParameterMode mode) {
  return mode != FUNC_PARAM_OUT && mode != FUNC_PARAM_TABLE;
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
std::optional<std::string> quoted_body(Node const* as) {
  auto const parts = tree::items(tree::as<List>(as));
  return parts.size() == 1 ? std::optional(std::string(tree::text_of(parts.front())))
                           : std::nullopt;
}

void take_option(FunctionDefinition& definition, DefElem const& option) {
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

FunctionDefinition function_definition(CreateFunctionStmt const& statement) {
  FunctionDefinition definition;
  definition.name = tree::qualified(statement.funcname);
  for (FunctionParameter const* parameter : tree::items<FunctionParameter>(statement.parameters)) {
    if (is_taken(parameter->mode)) {
      definition.arguments.push_back(type_name(*parameter->argType));
      definition.argument_names.emplace_back(tree::text(parameter->name));
    }
  }
  if (statement.returnType != nullptr) {
    definition.returns = type_name(*statement.returnType);
  }
  for (DefElem const* option : tree::items<DefElem>(statement.options)) {
    take_option(definition, *option);
  }
  if (definition.language.empty() && statement.sql_body != nullptr) {
    definition.language = "sql";
  }
  if (definition.language == "c" || definition.language == "internal") {
    definition.body.reset();
  }
  return definition;
}

FunctionDefinition function_definition(AlterFunctionStmt const& statement) {
  FunctionDefinition definition;
  definition.alters = true;
  definition.name = tree::qualified(statement.func->objname);
  definition.arguments_said = !statement.func->args_unspecified;
  for (::TypeName const* type : tree::items<::TypeName>(statement.func->objargs)) {
    definition.arguments.push_back(type_name(*type));
  }
  for (DefElem const* option : tree::items<DefElem>(statement.actions)) {
    take_option(definition, *option);
  }
  return definition;
}

}  // namespace bellows::sql
