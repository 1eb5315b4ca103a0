#include "planner/rules/settings.hpp"

#include "planner/rules/sequence/sequence.hpp"
#include "planner/sql/script.hpp"

#include <algorithm>
#include <iterator>

namespace bellows::rules {

namespace {

constexpr std::string_view of_the_way[] = {"LOCK_TIMEOUT",
                                           "STATEMENT_TIMEOUT",
                                           "TRANSACTION_TIMEOUT",
                                           "IDLE_IN_TRANSACTION_SESSION_TIMEOUT",
                                           "MAINTENANCE_WORK_MEM",
                                           "MAX_PARALLEL_MAINTENANCE_WORKERS",
                                           "WORK_MEM",
                                           "CLIENT_MIN_MESSAGES",
                                           "LOG_MIN_MESSAGES",
                                           "SYNCHRONOUS_COMMIT",
                                           "APPLICATION_NAME"};

/// Of SET, behind LOCAL or SESSION.
std::string name_of(std::vector<std::string> const& words) {
  std::size_t const at = words.size() > 1 && (words[1] == "LOCAL" || words[1] == "SESSION") ? 2 : 1;
  return words.size() > at ? words[at] : std::string();
}

}  // namespace

bool is_setting(sql::Statement const& statement) {
  return statement.kind == "SET" || statement.kind == "RESET" || statement.search_path ||
         statement.time_zone;
}

bool is_local_setting(sql::Statement const& statement) {
  std::vector<std::string> const words = words_of(statement);
  bool const says_local = words.size() > 1 && words[0] == "SET" && words[1] == "LOCAL";
  return says_local || (statement.time_zone && statement.time_zone->local);
}

bool goes_along(sql::Statement const& statement) {
  if (statement.kind != "SET" && statement.kind != "RESET") {
    return false;
  }
  return std::ranges::find(of_the_way, name_of(words_of(statement))) != std::end(of_the_way);
}

std::string local_form(sql::Statement const& setting) {
  std::string const& text = setting.raw.text;
  std::vector<sql::Token> tokens = sql::scan_script(text);
  std::erase_if(tokens,
                [](sql::Token const& one) { return one.kind == sql::Token::Kind::Comment; });
  std::vector<std::string> const words = words_of(setting);
  bool const scoped = words.size() > 2 && (words[1] == "LOCAL" || words[1] == "SESSION");
  std::size_t const name = scoped ? 2 : 1;
  return "SET LOCAL " + text.substr(tokens.at(name).offset);
}

}  // namespace bellows::rules
