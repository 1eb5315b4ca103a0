#include "planner/rules/brackets.hpp"

#include "planner/rules/sequence/sequence.hpp"

#include <algorithm>
#include <iterator>

namespace bellows::rules {

namespace {

bool is_made_of(sql::Statement const& statement, std::initializer_list<std::string_view> allowed) {
  return std::ranges::all_of(words_of(statement), [&](std::string const& word) {
    return std::ranges::find(allowed, word) != allowed.end();
  });
}

bool controls(sql::Statement const& statement) {
  constexpr std::string_view kinds[] = {"BEGIN",
                                        "START TRANSACTION",
                                        "COMMIT",
                                        "ROLLBACK",
                                        "PREPARE TRANSACTION",
                                        "SAVEPOINT",
                                        "RELEASE SAVEPOINT",
                                        "ROLLBACK TO SAVEPOINT"};
  return std::ranges::find(kinds, std::string_view(statement.kind)) != std::end(kinds);
}

/// What Flyway runs without a transaction by itself, where nothing else is in the file.
bool steps_out(sql::Statement const& statement) {
  auto const* create = std::get_if<sql::CreateIndex>(&statement.body);
  auto const* drop = std::get_if<sql::Drop>(&statement.body);
  return (create != nullptr && create->concurrently) || (drop != nullptr && drop->concurrently) ||
         statement.kind == "VACUUM" || statement.kind == "VACUUM FULL";
}

}  // namespace

Sharing sharing_of(std::span<sql::Statement const> statements, Conduct const& conduct) {
  bool const lone = conduct.sharing == Sharing::Query && statements.size() < 2;
  bool const out = conduct.runner != nullptr && conduct.runner->steps_out &&
                   std::ranges::all_of(statements, steps_out);
  return lone || out ? Sharing::Statement : conduct.sharing;
}

bool opens(sql::Statement const& statement) {
  return (statement.kind == "BEGIN" || statement.kind == "START TRANSACTION") &&
         is_made_of(statement, {"BEGIN", "START", "TRANSACTION", "WORK"});
}

bool closes(sql::Statement const& statement) {
  return statement.kind == "COMMIT" &&
         is_made_of(statement, {"COMMIT", "END", "TRANSACTION", "WORK"});
}

bool well_bracketed(std::span<Reviewed const> statements) {
  bool open = false;
  for (Reviewed const& reviewed : statements) {
    sql::Statement const& statement = reviewed.statement;
    if (!controls(statement)) {
      continue;
    }
    if (open ? !closes(statement) : !opens(statement)) {
      return false;
    }
    open = !open;
  }
  return !open;
}

std::vector<std::span<Reviewed const>> transactions_of(std::span<Reviewed const> statements,
                                                       Sharing sharing) {
  if (!well_bracketed(statements)) {
    return {statements};
  }
  // Where the runner has begun one, BEGIN begins nothing.
  bool const begins = sharing == Sharing::AsNeeded || sharing == Sharing::Statement;
  bool open = false;
  std::vector<std::span<Reviewed const>> parts;
  std::size_t begin = 0;
  auto const cut = [&](std::size_t end) {
    if (end > begin) {
      parts.push_back(statements.subspan(begin, end - begin));
    }
    begin = end;
  };
  for (std::size_t at = 0; at < statements.size(); ++at) {
    if (opens(statements[at].statement) && begins) {
      cut(at);
      open = true;
    } else if (closes(statements[at].statement)) {
      cut(at + 1);
      open = false;
    } else if (sharing == Sharing::Statement && !open) {
      cut(at + 1);
    }
  }
  cut(statements.size());
  return parts;
}

}  // namespace bellows::rules
