#include "planner/rules/conduct.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

namespace bellows::rules {

namespace {

constexpr Runner known_runners[] = {
    {.name = "bellows",
     .title = "bellows",
     .sharing = Sharing::AsNeeded,
     .markers = sql::Markers::All},
    {.name = "autocommit", .title = "a runner without transactions", .sharing = Sharing::Statement},
    {.name = "psql", .title = "psql", .sharing = Sharing::Statement},
    {.name = "transaction-per-file", .title = "a runner with one transaction for each file"},
    {.name = "transaction-per-run",
     .title = "a runner with one transaction for all files",
     .sharing = Sharing::Run},
    {.name = "dbmate",
     .title = "dbmate",
     .opt_out_comment = "migrate:up transaction:false",
     .opted_out = Sharing::Query,
     .opt_out = "`-- migrate:up transaction:false`",
     .markers = sql::Markers::Dbmate,
     .way_back = "behind `-- migrate:down`"},
    {.name = "drizzle", .title = "Drizzle", .sharing = Sharing::Run},
    {.name = "flyway",
     .title = "Flyway",
     .opt_out = "`executeInTransaction=false` in a `.conf` file beside it",
     .steps_out = true,
     .way_back = "into `U7__x.sql` beside `V7__x.sql`"},
    {.name = "golang-migrate",
     .title = "golang-migrate",
     .sharing = Sharing::Query,
     .way_back = "into `7_x.down.sql` beside `7_x.up.sql`"},
    {.name = "goose",
     .title = "goose",
     .opt_out_comment = "+goose no transaction",
     .opt_out = "`-- +goose NO TRANSACTION`",
     .markers = sql::Markers::Goose,
     .way_back = "behind `-- +goose Down`"},
    {.name = "graphile-migrate",
     .title = "graphile-migrate",
     .opt_out_comment = "! no-transaction",
     .opt_out = "`--! no-transaction`"},
    {.name = "node-pg-migrate",
     .title = "node-pg-migrate",
     .sharing = Sharing::Run,
     .apart = "`node-pg-migrate up 1`, or `--no-single-transaction`",
     .beside_sql = "a migration in JavaScript with pgm.noTransaction() and pgm.sql()",
     .markers = sql::Markers::NodePgMigrate,
     .way_back = "behind `-- Down Migration`"},
    {.name = "postgrator",
     .title = "postgrator",
     .sharing = Sharing::Query,
     .way_back = "into `7.undo.x.sql` beside `7.do.x.sql`"},
    {.name = "sql-migrate",
     .title = "sql-migrate",
     .opt_out_comment = "+migrate up notransaction",
     .opt_out = "`-- +migrate Up notransaction`",
     .markers = sql::Markers::SqlMigrate,
     .way_back = "behind `-- +migrate Down`"},
    {.name = "sqlx",
     .title = "sqlx",
     .opt_out_comment = "no-transaction",
     .opted_out = Sharing::Query,
     .opt_out = "`-- no-transaction` as the first line",
     .way_back = "into `7_x.down.sql` beside `7_x.up.sql`"},
};

struct Trace {
  std::string_view comment;  // how a line's comment begins
  std::string_view runner;
};
constexpr Trace traces[] = {
    {"+goose ", "goose"},
    {"+migrate ", "sql-migrate"},
    {"migrate:up", "dbmate"},
    {"up migration", "node-pg-migrate"},
    {"! message", "graphile-migrate"},
    {"! previous:", "graphile-migrate"},
};

/// What stands behind the dashes of a comment that has its line to itself, in lower case, one space
/// between words; empty for any other line.
std::string comment_of(std::string_view line) {
  std::size_t const first = line.find_first_not_of(" \t");
  if (first == line.npos || line.substr(first, 2) != "--") {
    return "";
  }
  std::string words;
  for (char const c : line.substr(first + 2)) {
    bool const blank = c == ' ' || c == '\t' || c == '\r';
    if (blank && (words.empty() || words.back() == ' ')) {
      continue;
    }
    words += blank ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return words.ends_with(' ') ? words.substr(0, words.size() - 1) : words;
}

/// The first line's comment that `accept` takes.
template <typename Accept>
bool any_comment(std::string_view text, Accept accept) {
  while (!text.empty()) {
    std::size_t const end = std::min(text.find('\n'), text.size());
    std::string const comment = comment_of(text.substr(0, end));
    if (!comment.empty() && accept(comment)) {
      return true;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

/// V1__users.sql, V1.2__users.sql, U1__users.sql, R__views.sql.
bool is_flyway_name(std::string_view name) {
  if (name.starts_with("R__")) {
    return true;
  }
  std::size_t const end = name.find("__");
  return (name.starts_with('V') || name.starts_with('U')) && end != name.npos && end > 1 &&
         std::ranges::all_of(name.substr(1, end - 1),
                             [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '_'; });
}

}  // namespace

std::span<Runner const> runners() {
  return known_runners;
}

Runner const* runner_named(std::string_view name) {
  auto const* const found = std::ranges::find(known_runners, name, &Runner::name);
  return found == std::end(known_runners) ? nullptr : found;
}

Runner const* runner_of(std::string_view file_name, std::string_view text) {
  if (text.find("--> statement-breakpoint") != text.npos) {  // behind a statement, too
    return runner_named("drizzle");
  }
  Runner const* found = nullptr;
  any_comment(text, [&](std::string const& comment) {
    auto const* const trace = std::ranges::find_if(
        traces, [&](Trace const& one) { return comment.starts_with(one.comment); });
    found = trace == std::end(traces) ? nullptr : runner_named(trace->runner);
    return found != nullptr;
  });
  return found == nullptr && is_flyway_name(file_name) ? runner_named("flyway") : found;
}

Conduct conduct_of(Runner const& runner, std::string_view text) {
  bool const out = !runner.opt_out_comment.empty() && any_comment(text, [&](auto const& comment) {
    return comment.starts_with(runner.opt_out_comment);
  });
  return {&runner, out ? runner.opted_out : runner.sharing};
}

std::string_view in_words(Sharing sharing) {
  switch (sharing) {
    case Sharing::AsNeeded:
      return "transactions as they are needed";
    case Sharing::Statement:
      return "each statement by itself";
    case Sharing::Query:
      return "a file in one query";
    case Sharing::File:
      return "one transaction for each file";
    case Sharing::Run:
      return "one transaction for all files of a run";
  }
  return "";
}

std::string own_migration(Conduct const& conduct) {
  constexpr char const* own = "a migration of its own";
  if (conduct.sharing != Sharing::Run) {
    return own;
  }
  std::string_view const apart = conduct.runner->apart;
  return fmt::format("{} that is run apart ({})", own,
                     apart.empty() ? "in a deployment of its own" : apart);
}

}  // namespace bellows::rules
