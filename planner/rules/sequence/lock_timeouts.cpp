#include "planner/rules/sequence/sequence.hpp"
#include "planner/rules/settings.hpp"
#include "planner/sql/script.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <optional>

/// How long a statement waits for its lock, where bellows does not see to it.
namespace bellows::rules {

namespace {

/// What SET lock_timeout and its kin leave; nothing: no such statement. Empty: waits without end.
std::optional<std::string> timeout_set_by(sql::Statement const& statement) {
  if (statement.kind != "SET" && statement.kind != "RESET") {
    return std::nullopt;
  }
  std::vector<std::string> const words = words_of(statement);
  if (statement.kind == "RESET") {
    bool const resets = words.size() > 1 && (words[1] == "LOCK_TIMEOUT" || words[1] == "ALL");
    return resets ? std::optional<std::string>("") : std::nullopt;
  }
  if (std::ranges::find(words, "LOCK_TIMEOUT") == words.end()) {
    return std::nullopt;
  }
  std::vector<sql::Token> const tokens = sql::scan_script(statement.raw.text);
  auto const value = std::find_if(tokens.rbegin(), tokens.rend(), [](sql::Token const& token) {
    return token.kind == sql::Token::Kind::String || token.kind == sql::Token::Kind::Number;
  });
  if (value == tokens.rend()) {  // TO DEFAULT
    return "";
  }
  std::string text = statement.raw.text.substr(value->offset, value->length);
  std::erase(text, '\'');
  return text.find_first_of("123456789") == text.npos ? "" : text;
}

/// SET lock_timeout as the statements of a file go by. Empty: none is set.
class Timeout {
 public:
  explicit Timeout(Conduct const& conduct) : commits_each_(conduct.sharing == Sharing::Statement) {}

  void see(sql::Statement const& statement) {
    bracketed_ = statement.kind == "BEGIN" || statement.kind == "START TRANSACTION" ||
                 (bracketed_ && statement.kind != "COMMIT" && statement.kind != "ROLLBACK");
    auto const set = timeout_set_by(statement);
    bool const lost = commits_each_ && !bracketed_ && is_local_setting(statement);
    if (set && !lost) {
      now_ = *set;
    }
  }
  std::string const& now() const { return now_; }

 private:
  bool commits_each_;
  bool bracketed_ = false;
  std::string now_;
};

Finding unlimited(Runner const& runner, locks::Effect const& effect) {
  return {"no-lock-timeout", Severity::Warning,
          fmt::format("Nothing limits how long {} waits for its lock of {} ({}), and whoever "
                      "comes after it queues behind it, readers among them.",
                      runner.title, effect.relation.display(), locks::to_string(effect.lock)),
          "SET lock_timeout = '2s' as the first statement of the file, and the deployment tried "
          "again when it fails (55P03); `bellows up` does both by itself."};
}

Finding cut_short(Conduct const& conduct, std::string const& kind, std::string const& timeout) {
  bool const builds = kind == "CREATE INDEX CONCURRENTLY" || kind.starts_with("REINDEX");
  std::string const left =
      builds ? "An INVALID index is left, which every write pays for; the next run finds its name "
               "taken, or by IF NOT EXISTS believes that it is there."
             : "What it has done so far stays, and the next run finds it half done.";
  std::string const runs = conduct.runner == nullptr
                               ? "`bellows up` puts lock_timeout off meanwhile; who else runs this "
                                 "file does not. "
                               : "";
  return {"concurrently-under-lock-timeout", Severity::Warning,
          fmt::format("{}To {} the transactions of others count as locks that it waits for: the "
                      "first one that is open for longer than {} ends it. {}",
                      runs, kind, timeout, left),
          "SET lock_timeout = 0 in front of it: while it waits it blocks nobody. Before it is run "
          "again: DROP INDEX CONCURRENTLY of what was left."};
}

}  // namespace

std::vector<SequenceFinding> no_lock_timeout(Sequence const& sequence) {
  Conduct const& conduct = sequence.conduct;
  if (conduct.runner == nullptr || conduct.by_bellows()) {
    return {};
  }
  Timeout timeout(conduct);
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    Reviewed const& reviewed = sequence.statements[at];
    timeout.see(reviewed.statement);
    auto const& effects = reviewed.effects.relations;
    auto const strong = std::ranges::find_if(effects, is_strong);
    if (strong != effects.end() && reviewed.effects.transactional && timeout.now().empty()) {
      return {{at, unlimited(*conduct.runner, *strong)}};
    }
  }
  return {};
}

// Tried on 15 and 18: other transactions are waited for by locks on their virtual transaction ids,
// to which lock_timeout applies (lock.c, VirtualXactLock).
std::vector<SequenceFinding> concurrently_under_lock_timeout(Sequence const& sequence) {
  if (sequence.conduct.runner != nullptr && sequence.conduct.by_bellows()) {
    return {};
  }
  Timeout timeout(sequence.conduct);
  std::vector<SequenceFinding> found;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    Reviewed const& reviewed = sequence.statements[at];
    timeout.see(reviewed.statement);
    bool const concurrent = reviewed.statement.kind.ends_with("CONCURRENTLY");
    if (concurrent && !timeout.now().empty()) {
      found.push_back({at, cut_short(sequence.conduct, reviewed.statement.kind, timeout.now())});
    }
  }
  return found;
}

}  // namespace bellows::rules
