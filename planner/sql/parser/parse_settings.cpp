#include "planner/sql/lower.hpp"
#include "planner/sql/parser/parse_parts.hpp"

#include <algorithm>

// Settings that change what later statements of a migration mean.
namespace bellows::sql {

namespace {

std::optional<std::string> string_constant(Node const* node) {
  auto const* constant = tree::as<A_Const>(node);
  bool const text = constant != nullptr && !constant->isnull && tree::is<String>(&constant->val);
  return text ? std::optional<std::string>(constant->val.sval.sval) : std::nullopt;
}

bool is_true(Node const* node) {
  auto const* constant = tree::as<A_Const>(node);
  return constant != nullptr && !constant->isnull && tree::is<Boolean>(&constant->val) &&
         constant->val.boolval.boolval;
}

struct Setting {
  std::string name;                 // in lower case, as the server compares them; empty: all
  std::vector<std::string> values;  // none: the default
  bool local = false;
};

std::optional<Setting> from_set(VariableSetStmt const& statement) {
  Setting setting{lower(tree::text(statement.name)), {}, statement.is_local};
  switch (statement.kind) {
    case VAR_SET_VALUE:
      break;
    case VAR_SET_DEFAULT:
    case VAR_RESET:
    case VAR_RESET_ALL:
      return setting;
    case VAR_SET_CURRENT:
    case VAR_SET_MULTI:
      return std::nullopt;  // SET TRANSACTION and the like
  }
  for (Node const* argument : tree::items(statement.args)) {
    auto const text = string_constant(argument);
    setting.values.push_back(text ? *text : text_of_expression(argument));
  }
  return setting;
}

/// SELECT pg_catalog.set_config('search_path', '', false), as pg_dump says it.
std::optional<Setting> from_select(SelectStmt const& statement) {
  auto const targets = tree::items<ResTarget>(statement.targetList);
  auto const* call = targets.size() == 1 && statement.fromClause == nullptr
                         ? tree::as<FuncCall>(targets.front()->val)
                         : nullptr;
  if (call == nullptr || last_name(call->funcname) != "set_config") {
    return std::nullopt;
  }
  auto const arguments = tree::items(call->args);
  auto const name = arguments.size() >= 2 ? string_constant(arguments[0]) : std::nullopt;
  auto const value = arguments.size() >= 2 ? string_constant(arguments[1]) : std::nullopt;
  if (!name || !value) {
    return std::nullopt;
  }
  return Setting{lower(*name), {*value}, arguments.size() > 2 && is_true(arguments[2])};
}

std::optional<Setting> setting_of(Node const& statement) {
  if (auto const* set = tree::as<VariableSetStmt>(&statement)) {
    return from_set(*set);
  }
  auto const* select = tree::as<SelectStmt>(&statement);
  return select == nullptr ? std::nullopt : from_select(*select);
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

std::optional<std::string> search_path_of(Node const& statement) {
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

std::optional<TimeZoneChange> time_zone_of(Node const& statement) {
  std::optional<Setting> const setting = setting_of(statement);
  bool const changes = setting && (setting->name == "timezone" || setting->name.empty());
  if (!changes) {
    return std::nullopt;
  }
  return TimeZoneChange{setting->values.empty() ? "" : setting->values.front(), setting->local};
}

}  // namespace bellows::sql
