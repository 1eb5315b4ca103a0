#include "planner/sql/parse_parts.hpp"

#include <algorithm>
#include <cctype>

// Settings that change what later statements of a migration mean.
namespace bellows::sql {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char one) { return static_cast<char>(std::tolower(one)); });
  return result;
}

std::optional<std::string> string_constant(PgQuery__Node const& node) {
  bool const text = node.node_case == PG_QUERY__NODE__NODE_A_CONST &&
                    node.a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL;
  return text ? std::optional<std::string>(node.a_const->sval->sval) : std::nullopt;
}

bool is_true(PgQuery__Node const& node) {
  return node.node_case == PG_QUERY__NODE__NODE_A_CONST &&
         node.a_const->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL &&
         node.a_const->boolval->boolval != 0;
}

struct Setting {
  std::string name;                 // in lower case, as the server compares them; empty: all
  std::vector<std::string> values;  // none: the default
  bool local = false;
};

std::optional<Setting> from_set(PgQuery__VariableSetStmt const& statement) {
  Setting setting{lower(statement.name), {}, statement.is_local != 0};
  switch (statement.kind) {
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE:
      break;
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_DEFAULT:
    case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET:
    case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL:
      return setting;
    default:
      return std::nullopt;  // SET TRANSACTION and the like
  }
  for (PgQuery__Node* argument : nodes(statement.args, statement.n_args)) {
    auto const text = string_constant(*argument);
    setting.values.push_back(text ? *text : text_of_expression(argument));
  }
  return setting;
}

/// SELECT pg_catalog.set_config('search_path', '', false), as pg_dump says it.
std::optional<Setting> from_select(PgQuery__SelectStmt const& statement) {
  if (statement.n_target_list != 1 || statement.n_from_clause != 0 ||
      statement.target_list[0]->res_target->val == nullptr ||
      statement.target_list[0]->res_target->val->node_case != PG_QUERY__NODE__NODE_FUNC_CALL) {
    return std::nullopt;
  }
  PgQuery__FuncCall const& call = *statement.target_list[0]->res_target->val->func_call;
  bool const sets = tree::qualified(call.funcname, call.n_funcname).name.raw() == "set_config" &&
                    call.n_args >= 2;
  auto const name = sets ? string_constant(*call.args[0]) : std::nullopt;
  auto const value = sets ? string_constant(*call.args[1]) : std::nullopt;
  if (!name || !value) {
    return std::nullopt;
  }
  return Setting{lower(*name), {*value}, call.n_args > 2 && is_true(*call.args[2])};
}

std::optional<Setting> setting_of(PgQuery__Node const& statement) {
  if (statement.node_case == PG_QUERY__NODE__NODE_VARIABLE_SET_STMT) {
    return from_set(*statement.variable_set_stmt);
  }
  if (statement.node_case == PG_QUERY__NODE__NODE_SELECT_STMT) {
    return from_select(*statement.select_stmt);
  }
  return std::nullopt;
}

/// The first schema that is named: "$user" is rarely there. `text` is a list, as in a setting.
std::string first_schema(std::string_view text) {
  while (!text.empty()) {
    std::size_t const comma = std::min(text.find(','), text.size());
    std::string_view word = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    word.remove_prefix(std::min(word.find_first_not_of(" \""), word.size()));
    word = word.substr(0, word.find_last_not_of(" \"") + 1);
    if (!word.empty() && word != "$user") {
      return std::string(word);
    }
  }
  return "";
}

}  // namespace

std::optional<std::string> search_path_of(PgQuery__Node const& statement) {
  std::optional<Setting> const setting = setting_of(statement);
  if (!setting || setting->name != "search_path") {
    return std::nullopt;
  }
  std::string all;
  for (std::string const& value : setting->values) {
    all += (all.empty() ? "" : ",") + value;
  }
  return setting->values.empty() ? "public" : first_schema(all);
}

std::optional<TimeZoneChange> time_zone_of(PgQuery__Node const& statement) {
  std::optional<Setting> const setting = setting_of(statement);
  bool const changes = setting && (setting->name == "timezone" || setting->name.empty());
  if (!changes) {
    return std::nullopt;
  }
  return TimeZoneChange{setting->values.empty() ? "" : setting->values.front(), setting->local};
}

}  // namespace bellows::sql
