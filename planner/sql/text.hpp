#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bellows::sql {

/// Lines and columns count from 1; columns count characters (UTF-8), as editors do.
struct Position {
  std::size_t offset = 0;  // bytes from the start of the file
  int line = 1;
  int column = 1;
  auto operator<=>(Position const&) const = default;
};

Position position_at(std::string_view text, std::size_t offset);

/// Text that PostgreSQL's grammar refuses. `at` is within the text that was given to the parser.
class SyntaxError : public std::runtime_error {
 public:
  SyntaxError(std::string const& message, Position where)
      : std::runtime_error(message), at(where) {}
  Position at;
};

struct Token {
  enum class Kind : std::uint8_t {
    Word,
    Quoted,
    String,
    Number,
    Symbol,
    Comment,
    Command,  // of psql: a line that begins with a backslash. Only of scan_script()
    Broken    // a statement that PostgreSQL's scanner refuses. Only of scan_script()
  };
  Kind kind = Kind::Symbol;
  std::size_t offset = 0;
  std::size_t length = 0;
};

/// PostgreSQL's own scanner. Throws SyntaxError (an unterminated string, say).
std::vector<Token> scan(std::string_view text);

/// One statement of a file, without its semicolon and without the comments before it.
struct RawStatement {
  std::string text;
  Position at;                        // of its first token in the file
  std::vector<std::string> comments;  // the `--` lines above it, for directives; in order
};

/// Splits at top-level semicolons, also where a statement's syntax is newer than the parser, and
/// where it is broken. A command of psql is one of its own (script.hpp). Never throws.
std::vector<RawStatement> split(std::string_view text);

/// The major version of PostgreSQL whose grammar the linked parser has.
int grammar_version();

/// sha256 over the tokens, comments left out: two texts that PostgreSQL reads alike have one hash,
/// whatever their comments, spaces and line ends. Prefixed: "sha256:…".
std::string meaning_hash(std::string_view text);

/// Whether YAML and JSON can hold the text as it is.
bool is_utf8(std::string_view text);

/// sha256 of bytes, as lower-case hex without a prefix.
std::string sha256_hex(std::string_view bytes);

}  // namespace bellows::sql
