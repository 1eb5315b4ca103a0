#include "runner/rollout/named_there.hpp"

#include "planner/sql/statement.hpp"
#include "planner/sql/text.hpp"
#include "runner/rollout/step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace bellows::runner {
namespace {

using sql::Token;

/// A statement's words, as they are written; keywords in capitals beside them.
struct Words {
  std::vector<std::string> written;
  std::vector<std::string> upper;

  explicit Words(std::string const& text) {
    for (Token const& token : sql::scan(text)) {
      if (token.kind == Token::Kind::Comment) {
        continue;
      }
      written.push_back(text.substr(token.offset, token.length));
      std::string word = token.kind == Token::Kind::Word ? written.back() : "";
      std::ranges::transform(word, word.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      });
      upper.push_back(std::move(word));
    }
  }

  bool begin(std::vector<std::string_view> const& words, std::size_t at = 0) const {
    return at + words.size() <= upper.size() &&
           std::equal(words.begin(), words.end(), upper.begin() + static_cast<std::ptrdiff_t>(at));
  }
};

sql::Identifier identifier_of(std::string const& written) {
  return sql::parse_qualified_name(written).name;
}

/// PUBLIC, CURRENT_USER and their like are always there.
bool is_role_of_its_own(std::string const& written) {
  static std::set<std::string, std::less<>> const others{
      "PUBLIC", "CURRENT_ROLE", "CURRENT_USER", "SESSION_USER", "USER", "NONE"};
  std::string upper = written;
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return !others.contains(upper);
}

std::string extension_made(Words const& words) {
  if (!words.begin({"CREATE", "EXTENSION"})) {
    return "";
  }
  std::size_t const at = words.begin({"IF", "NOT", "EXISTS"}, 2) ? 5 : 2;
  return at < words.written.size() ? identifier_of(words.written[at]).raw() : "";
}

std::string role_made(Words const& words) {
  bool const makes = words.begin({"CREATE", "ROLE"}) || words.begin({"CREATE", "USER"}) ||
                     words.begin({"CREATE", "GROUP"});
  bool const named = makes && words.written.size() > 2 && !words.begin({"MAPPING"}, 2);
  return named ? identifier_of(words.written[2]).raw() : "";
}

/// Of a policy: TO a, b USING …
void add_let_in(Words const& words, std::vector<std::string>& roles) {
  if (!words.begin({"CREATE", "POLICY"}) && !words.begin({"ALTER", "POLICY"})) {
    return;
  }
  auto const to = std::ranges::find(words.upper, "TO");
  for (auto at = static_cast<std::size_t>(to - words.upper.begin()) + 1; at < words.upper.size();
       ++at) {
    if (words.upper[at] == "USING" || words.upper[at] == "WITH") {
      break;
    }
    if (words.written[at] != ",") {
      roles.push_back(words.written[at]);
    }
  }
}

std::vector<std::string> roles_named(sql::Statement const& statement, Words const& words) {
  std::vector<std::string> roles;
  auto const* other = std::get_if<sql::Other>(&statement.body);
  if (other != nullptr && other->grant) {
    roles = other->grant->grantees;
  }
  bool const renames = words.begin({"ALTER", "POLICY"}) &&
                       std::ranges::find(words.upper, "RENAME") != words.upper.end();
  if (!renames) {
    add_let_in(words, roles);
  }
  bool const alters = words.begin({"ALTER"});
  for (std::size_t at = 1; at + 2 < words.upper.size(); ++at) {
    if (alters && words.begin({"OWNER", "TO"}, at)) {
      roles.push_back(words.written[at + 2]);
    }
  }
  std::erase_if(roles, [](std::string const& role) { return !is_role_of_its_own(role); });
  return roles;
}

/// A DO block that makes a role unless it is there is how many do it.
bool runs_code(sql::Statement const& statement) {
  return statement.kind == "DO" || statement.kind == "CALL" || statement.kind == "SELECT";
}

[[noreturn]] void refuse(plan::Plan const& plan, std::string const& what, char const* sqlstate,
                         std::string const& next) {
  StepFailed refused(fmt::format("{}: {}; nothing was begun", plan.migration, what), "", sqlstate,
                     next + ", then the same command again");
  refused.migration = plan.migration;
  refused.nothing_changed = true;
  throw refused;
}

void ask_extension(postgres::Session& session, plan::Plan const& plan, std::string const& name) {
  auto const there = session.run(
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = $1)", {name});
  if (!there.truth(0, 0)) {
    refuse(plan, fmt::format("the server has no files of the extension {}", name), "0A000",
           "install it on the server");
  }
}

void ask_role(postgres::Session& session, plan::Plan const& plan, std::string const& name) {
  auto const there =
      session.run("SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)", {name});
  if (!there.truth(0, 0)) {
    refuse(plan, fmt::format("there is no role {}", sql::Identifier(name).quoted()), "42704",
           fmt::format("CREATE ROLE {}, or name another one", sql::Identifier(name).quoted()));
  }
}

}  // namespace

void refuse_not_there(postgres::Session& session, plan::Plan const& plan, bool roles) {
  std::set<std::string> made;
  for (plan::Step const& step : plan.expand) {
    auto const* run = std::get_if<plan::RunSql>(&step.action);
    for (std::string const& text : run == nullptr ? std::vector<std::string>() : run->statements) {
      sql::Statement const statement = sql::parse_one(text);
      if (std::holds_alternative<sql::Unparsed>(statement.body)) {
        continue;
      }
      Words const words(text);
      if (std::string const extension = extension_made(words); !extension.empty()) {
        ask_extension(session, plan, extension);
      }
      if (std::string const role = role_made(words); !role.empty()) {
        made.insert(role);
      }
      roles = roles && !runs_code(statement);
      for (std::string const& written : roles_named(statement, words)) {
        std::string const role = identifier_of(written).raw();
        if (roles && !made.contains(role)) {
          ask_role(session, plan, role);
        }
      }
    }
  }
}

}  // namespace bellows::runner
