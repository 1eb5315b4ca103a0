#include "planner/rules/sequence/sequence.hpp"
#include "planner/sql/lower.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

// Source: manual, 9.26 System Administration Functions (advisory locks), 9.9.5 Delaying Execution;
// F.11 dblink.
namespace bellows::rules {

namespace {

struct Wait {
  std::string_view function;
  std::string_view until;  // "pg_sleep() waits until …"
};

constexpr Wait waits[] = {
    {"pg_sleep", "its time is over"},
    {"pg_sleep_for", "its time is over"},
    {"pg_sleep_until", "its moment has come"},
    {"pg_advisory_lock", "whoever holds that advisory lock lets it go"},
    {"pg_advisory_lock_shared", "whoever holds that advisory lock lets it go"},
    {"pg_advisory_xact_lock", "whoever holds that advisory lock lets it go"},
    {"pg_advisory_xact_lock_shared", "whoever holds that advisory lock lets it go"},
    {"dblink", "another server answers"},
    {"dblink_exec", "another server answers"},
    {"dblink_connect", "another server answers"},
    {"dblink_connect_u", "another server answers"},
    {"dblink_fetch", "another server answers"},
    {"dblink_get_result", "another server answers"},
    {"http_get", "another server answers"},
    {"http_post", "another server answers"},
    {"http", "another server answers"},
};

/// What all of their names have a part of: most statements need not be read for their tokens.
bool may_wait(std::string const& lower) {
  constexpr std::string_view parts[] = {"pg_sleep", "advisory", "dblink", "http"};
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return lower.find(part) != std::string::npos; });
}

struct Found {
  Wait const* wait;
  Span at;
};

/// What the statement runs: queries and changes of rows, and DO. A default or a function's body
/// that says so waits for nobody yet.
bool runs_code(sql::Statement const& statement) {
  return std::holds_alternative<sql::DataStatement>(statement.body) ||
         std::holds_alternative<sql::Update>(statement.body);
}

std::vector<sql::Token> tokens_of(std::string_view text) {
  try {
    return sql::scan(text);
  } catch (sql::SyntaxError const&) {
    return {};
  }
}

/// The first call of one of them; in the body of a DO as well, which is a string to the scanner.
std::optional<Found> wait_in(std::string_view text, std::size_t offset, bool block) {
  std::vector<sql::Token> const tokens =
      may_wait(sql::lower(text)) ? tokens_of(text) : std::vector<sql::Token>();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::string_view const word = text.substr(tokens[i].offset, tokens[i].length);
    bool const call = tokens[i].kind == sql::Token::Kind::Word && i + 1 < tokens.size() &&
                      text.substr(tokens[i + 1].offset, tokens[i + 1].length) == "(";
    auto const* wait =
        call ? std::ranges::find(waits, sql::lower(word), &Wait::function) : std::end(waits);
    if (wait != std::end(waits)) {
      return Found{wait, {offset + tokens[i].offset, word.size()}};
    }
    std::size_t const tag = word.starts_with('$') ? word.find('$', 1) + 1 : 0;
    bool const body =
        block && tokens[i].kind == sql::Token::Kind::String && tag > 0 && word.size() >= 2 * tag;
    if (body) {
      if (auto found = wait_in(word.substr(tag, word.size() - 2 * tag),
                               offset + tokens[i].offset + tag, false)) {
        return found;
      }
    }
  }
  return std::nullopt;
}

using Held = std::optional<locks::Effect>;

void keep_stronger(Held& held, locks::Effect const& effect) {
  if (is_strong(effect) && (!held || held->lock < effect.lock)) {
    held = effect;
  }
}

/// In a DO block, what its statements before the wait have locked is held as well.
Held held_within(Reviewed const& reviewed, Found const& found, Held held) {
  sql::Statement const& statement = reviewed.statement;
  std::size_t const first =
      statement.block.empty() ? 0 : statement.block.front().raw.at.offset - statement.raw.at.offset;
  if (!statement.block.empty() && first < found.at.offset) {
    for (locks::Effect const& effect : reviewed.effects.relations) {
      keep_stronger(held, effect);
    }
  }
  return held;
}

Finding finding(locks::Effect const& held, Found const& found, Conduct const& conduct) {
  return {
      "wait-under-lock", Severity::Error,
      fmt::format("{}() waits until {}, and the lock of {} that this transaction has taken ({}) "
                  "is held all the while: {} wait.",
                  found.wait->function, found.wait->until, held.relation.display(),
                  locks::to_string(held.lock),
                  locks::blocks_reads(held.lock) ? "reads and writes" : "writes"),
      fmt::format("Put the {}() before what locks {}, into {}.", found.wait->function,
                  held.relation.display(), own_migration(conduct)),
      found.at};
}

}  // namespace

// The transaction is the whole of what bellows, or the file's BEGIN, keeps together.
std::vector<SequenceFinding> wait_under_lock(Sequence const& sequence) {
  bool const apart = sequence.conduct.by_bellows() && !is_bracketed(sequence);
  Held held;
  std::vector<SequenceFinding> found;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    Reviewed const& reviewed = sequence.statements[at];
    if (!reviewed.effects.transactional || (apart && only_validates(reviewed.statement))) {
      held.reset();  // what is before it has been committed
      continue;
    }
    if (runs_code(reviewed.statement)) {
      auto const wait = wait_in(reviewed.statement.raw.text, 0, reviewed.statement.kind == "DO");
      Held const then = wait ? held_within(reviewed, *wait, held) : Held();
      if (then) {
        found.push_back({at, finding(*then, *wait, sequence.conduct)});
      }
    }
    for (locks::Effect const& effect : reviewed.effects.relations) {
      keep_stronger(held, effect);
    }
  }
  return found;
}

}  // namespace bellows::rules
