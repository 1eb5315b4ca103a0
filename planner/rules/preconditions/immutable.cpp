#include "planner/rules/preconditions/immutable.hpp"

#include "planner/sql/expression.hpp"
#include "planner/sql/function_calls.hpp"
#include "planner/sql/lower.hpp"
#include "planner/sql/text.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

// Source: contain_mutable_functions() in clauses.c; pg_proc.provolatile of 13 to 18.
namespace bellows::rules::preconditions {

namespace {

/// Stable in each of their forms.
constexpr std::string_view stable_functions[] = {"now",
                                                 "transaction_timestamp",
                                                 "statement_timestamp",
                                                 "concat",
                                                 "concat_ws",
                                                 "to_char",
                                                 "to_date",
                                                 "array_to_string",
                                                 "current_setting",
                                                 "format",
                                                 "row_to_json",
                                                 "to_json",
                                                 "to_jsonb",
                                                 "json_build_object",
                                                 "jsonb_build_object",
                                                 "array_to_json",
                                                 "current_database",
                                                 "current_schema"};
constexpr std::string_view of_the_session[] = {
    "current_date", "current_time", "current_timestamp", "localtime",       "localtimestamp",
    "current_user", "session_user", "current_role",      "current_catalog", "user"};

bool names_session(std::string const& expression) {
  auto const tokens = sql::scan(expression);
  return std::ranges::any_of(tokens, [&](sql::Token const& token) {
    std::string const word = sql::lower(expression.substr(token.offset, token.length));
    return token.kind == sql::Token::Kind::Word &&
           std::ranges::find(of_the_session, std::string_view(word)) != std::end(of_the_session);
  });
}

bool calls_stable(std::string const& expression) {
  return std::ranges::any_of(
      sql::functions_called("SELECT " + expression), [](sql::FunctionCall const& call) {
        bool const systems = call.name.schema.empty() || call.name.schema.raw() == "pg_catalog";
        return systems &&
               std::ranges::find(stable_functions, std::string_view(call.name.name.raw())) !=
                   std::end(stable_functions);
      });
}

/// One in SQL may be put in place of its call, and asked for what it does itself.
bool calls_users_own(catalog::Catalog const& catalog, std::string const& expression) {
  return std::ranges::any_of(sql::calls_of(expression).unknown, [&](sql::FunctionCall const& call) {
    auto const& all = catalog.functions.named(catalog.resolve(call.name));
    return !all.empty() && std::ranges::all_of(all, [](catalog::Function const& one) {
      return one.language != "sql" && one.volatility != sql::Volatility::Immutable;
    });
  });
}

/// The session's TimeZone says which day it is.
bool asks_time_zone(catalog::Table const& table, std::string const& expression) {
  std::string text = sql::lower(expression);
  std::erase(text, ' ');
  for (catalog::Column const& column : table.columns) {
    bool const zoned =
        column.type.starts_with("timestamp") && column.type.ends_with("with time zone");
    std::string const name = sql::lower(column.name.quoted());
    bool const asks =
        zoned && (text == name + "::date" || text == "(" + name + ")::date" ||
                  text == "date(" + name + ")" ||
                  (text.starts_with("date_trunc('") && text.ends_with("'," + name + ")")));
    if (asks) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool may_differ(catalog::Catalog const& catalog, catalog::Table const* table,
                std::string const& expression) {
  try {
    return !expression.empty() &&
           (sql::Expression::parse(expression).calls_volatile() || names_session(expression) ||
            calls_stable(expression) || calls_users_own(catalog, expression) ||
            (table != nullptr && asks_time_zone(*table, expression)));
  } catch (sql::SyntaxError const&) {
    return false;  // the server has its own words for it
  }
}

}  // namespace bellows::rules::preconditions
