#include "planner/rules/unreadable.hpp"

#include "planner/rules/refused.hpp"
#include "planner/sql/body_error.hpp"
#include "planner/sql/keywords.hpp"
#include "planner/sql/lower.hpp"
#include "planner/sql/misplaced.hpp"
#include "planner/sql/refused_form.hpp"

#include <fmt/core.h>

#include <algorithm>

// Source: psql's manual page; copy.c, BeginCopyFrom(): rows from stdin come over the connection, as
// messages of their own behind the statement; tried with PQexec() on 13 to 18.
namespace bellows::rules {

namespace {

constexpr int newest_server_asked_for = 19;  // the last one that --server-version takes

bool is_command(sql::Statement const& statement) {
  return statement.raw.text.starts_with('\\');
}

sql::Unparsed const* unread(sql::Statement const& statement) {
  return is_command(statement) || sql::misplaced_as(statement)
             ? nullptr
             : std::get_if<sql::Unparsed>(&statement.body);
}

/// The parser's own words, and where in the file.
std::string told_with_place(sql::Statement const& statement, sql::Unparsed const& unparsed) {
  int const line = statement.raw.at.line + unparsed.at.line - 1;
  int const column =
      unparsed.at.line == 1 ? statement.raw.at.column + unparsed.at.column - 1 : unparsed.at.column;
  return fmt::format("{} (line {}, column {})", unparsed.message, line, column);
}

/// A keyword that is mistyped is none that a newer server has. In capitals; empty: it is not so.
std::string keyword_meant(sql::Statement const& statement, sql::Unparsed const& unparsed) {
  std::string word;
  for (char const c :
       statement.raw.text.substr(std::min(unparsed.at.offset, statement.raw.text.size()))) {
    bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter) {
      break;
    }
    word += c;
  }
  std::string meant = sql::keyword_meant(sql::lower(word));
  std::ranges::transform(meant, meant.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return meant;
}

/// Of a body, the place may not be known.
std::string told_of_body(sql::Statement const& statement, sql::Unparsed const& unparsed) {
  return unparsed.at.offset == 0 ? unparsed.message : told_with_place(statement, unparsed);
}

/// The sub-commands of an ALTER TABLE are asked about one by one, their statement has one answer.
bool is_first(Question const& question) {
  auto const* alter = std::get_if<sql::AlterTable>(&question.statement.body);
  return question.command == nullptr || alter == nullptr ||
         question.command == &alter->commands.front();
}

/// The linked grammar has it, the server's has not yet.
std::optional<Finding> recognise_older_server(Question const& question) {
  int const version = question.catalog.server_version;
  sql::Form const* form = sql::refused_form(question.statement, version);
  if (form == nullptr || !is_first(question)) {
    return std::nullopt;
  }
  if (version >= form->since) {
    return refused(syntax_error.id, "42601",
                   fmt::format("{} ended with PostgreSQL {}", form->words, form->until),
                   "Write it in other words.");
  }
  return refused(syntax_error.id, "42601",
                 fmt::format("PostgreSQL {} does not know {}, which came with {}", version,
                             form->words, form->since),
                 fmt::format("Write it in the words of {}, or put it off until the servers are of "
                             "{} (--server-version).",
                             version, form->since));
}

/// It runs, as something else.
std::optional<Finding> recognise_other_meaning(Question const& question) {
  int const version = question.catalog.server_version;
  for (sql::Form const& form : question.statement.forms) {
    if (sql::has_another_meaning(form, version) && is_first(question)) {
      return Finding{std::string(syntax_error.id), Severity::Error,
                     fmt::format("PostgreSQL {} takes what is new in {}, which came with {}, for a "
                                 "label, and says nothing: 1_000 is 1 there, called _000.",
                                 version, form.words, form.since),
                     "Write the number in plain digits."};
    }
  }
  return std::nullopt;
}

/// What the server says of a body when it makes the function, or runs the DO.
std::optional<Finding> in_body(Question const& question) {
  auto const error = question.catalog.server_version <= sql::grammar_version()
                         ? sql::body_error(question.statement)
                         : std::nullopt;
  return !error ? std::nullopt
                : std::optional(Finding{std::string(syntax_error.id),
                                        Severity::Error,
                                        fmt::format("PostgreSQL refuses its body: {}.",
                                                    told_of_body(question.statement, *error)),
                                        "Mend it there.",
                                        {},
                                        "42601"});
}

std::optional<Finding> recognise_syntax_error(Question const& question) {
  auto const* unparsed = unread(question.statement);
  if (unparsed == nullptr) {
    auto older = recognise_older_server(question);
    older = older ? std::move(older) : recognise_other_meaning(question);
    bool const no_sql =
        is_command(question.statement) || sql::misplaced_as(question.statement).has_value();
    return older || no_sql ? std::move(older) : in_body(question);
  }
  if (question.statement.raw.text.empty()) {  // the file as a whole
    return Finding{std::string(syntax_error.id), Severity::Error,
                   "Nothing of it can be read: " + unparsed->message + ".", "Save it as UTF-8."};
  }
  int const grammar = sql::grammar_version();
  std::string const meant = keyword_meant(question.statement, *unparsed);
  if (question.catalog.server_version > grammar && meant.empty()) {
    return std::nullopt;
  }
  bool const may_be_new = meant.empty() && unparsed->message.starts_with("syntax error") &&
                          grammar < newest_server_asked_for;
  return Finding{
      std::string(syntax_error.id), Severity::Error,
      fmt::format("PostgreSQL {} refuses it: {}.", grammar,
                  told_with_place(question.statement, *unparsed)),
      may_be_new ? fmt::format("Mend it there; if it is written for a newer server, say for which: "
                               "--server-version {}.",
                               grammar + 1)
      : meant.empty() ? "Mend it there."
                      : fmt::format("Mend it there: {} may be meant.", meant)};
}

std::optional<Finding> recognise_newer(Question const& question) {
  auto const* unparsed = unread(question.statement);
  int const grammar = sql::grammar_version();
  if (unparsed == nullptr || question.statement.raw.text.empty() ||
      question.catalog.server_version <= grammar ||
      !keyword_meant(question.statement, *unparsed).empty()) {
    return std::nullopt;
  }
  return Finding{
      std::string(newer_syntax.id), Severity::Error,
      fmt::format("The grammar of PostgreSQL {}, which bellows reads, refuses it: {}.", grammar,
                  told_with_place(question.statement, *unparsed)),
      fmt::format("Mend it there; where PostgreSQL {} does take it, see `bellows explain "
                  "unknown-statement`.",
                  question.catalog.server_version)};
}

std::optional<Finding> recognise_command(Question const& question) {
  auto const* unparsed = std::get_if<sql::Unparsed>(&question.statement.body);
  if (unparsed == nullptr || !is_command(question.statement)) {
    return std::nullopt;
  }
  return Finding{std::string(psql_command.id), Severity::Error,
                 fmt::format("{} is a command of psql, and bellows runs a migration without psql: "
                             "{}.",
                             question.statement.kind, unparsed->message),
                 "Take the line out."};
}

std::optional<Finding> recognise_copy(Question const& question) {
  auto const* data = std::get_if<sql::DataStatement>(&question.statement.body);
  if (data == nullptr || !data->through_client) {
    return std::nullopt;
  }
  bool const from = data->kind == "COPY FROM";
  return Finding{
      std::string(copy_through_client.id), Severity::Error,
      from ? "COPY … FROM stdin wants rows from the client that sends it, and a migration "
             "is statements only: the rows behind it are not read, and it fails."
           : "COPY … TO stdout sends rows to the client, and nobody takes them: the "
             "connection is of no use any more.",
      from ? "Write a few rows as INSERT … VALUES; load many with psql, outside of the "
             "migrations."
           : "Take it out of the migrations; psql writes them to a file."};
}

}  // namespace

Rule const syntax_error{"syntax-error", recognise_syntax_error, nullptr};
Rule const newer_syntax{"unknown-statement", recognise_newer, nullptr};
Rule const psql_command{"psql-command", recognise_command, nullptr};
Rule const copy_through_client{"copy-through-client", recognise_copy, nullptr};

}  // namespace bellows::rules
