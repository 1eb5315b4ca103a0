#pragma once

#include "planner/sql/text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A file as psql reads it: SQL, and what is none: psql's own commands (`\connect app`) and the
/// rows behind a COPY … FROM stdin, which both look like broken SQL to PostgreSQL's scanner.
/// Source: psql's manual page; psqlscan.l (a backslash outside of quotes begins a command).
namespace bellows::sql {

struct ScriptPart {
  enum class Kind : std::uint8_t {
    Statement,  // with its semicolon and the comments in front of it; the last may have neither
    Command,    // a backslash command, up to the end of its line
    Rows        // of a COPY … FROM stdin, up to and with the line `\.`
  };
  Kind kind = Kind::Statement;
  std::size_t offset = 0;
  std::size_t code = 0;  // where a statement's own text begins, behind blanks and comments
  std::size_t end = 0;
};

/// All of the text, in order. Never throws: what is open at the end is the last statement.
std::vector<ScriptPart> script_parts(std::string_view text);

/// The tokens of a file. psql's commands are single tokens, those left out that change nothing of
/// what runs (`\echo`, `\restrict`); rows are left out. A statement that cannot be scanned (an open
/// quote) is one token as well, so that those around it can be read. Never throws.
std::vector<Token> scan_script(std::string_view text);

/// Why a command of psql, `\connect app`, cannot stand in a migration; empty: it changes nothing of
/// what runs.
std::string why_refused(std::string_view command);

/// What of a file is SQL by its encoding: without a byte order mark.
std::string_view without_bom(std::string_view text);
/// In which encoding it is that nothing can be read of, where it is: "UTF-16".
std::optional<std::string_view> foreign_encoding(std::string_view text);

}  // namespace bellows::sql
