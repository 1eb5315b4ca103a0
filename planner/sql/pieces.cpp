#include "planner/sql/pieces.hpp"

#include "planner/sql/ahead.hpp"
#include "planner/sql/script.hpp"
#include "planner/sql/split.hpp"
#include "planner/sql/up_marker.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace bellows::sql {

namespace {

constexpr std::size_t piece_bytes = 65'536;
constexpr std::size_t pieces_ahead = 4;

struct Piece {
  std::string_view text;
  Position at;
};

/// As advance(), of many lines.
void move_to(Position& at, std::string_view text, std::size_t offset) {
  std::string_view const passed = text.substr(at.offset, offset - at.offset);
  std::size_t const line = passed.rfind('\n');
  if (line != std::string_view::npos) {
    at.line += static_cast<int>(std::ranges::count(passed, '\n'));
    at.column = 1;
    at.offset += line + 1;
  }
  advance(at, text, offset);
}

/// Cut where a semicolon ends a statement, or seems to: the parts know nothing of BEGIN ATOMIC.
std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  Position at;
  std::size_t begin = 0;
  auto const cut = [&](std::size_t end) {
    pieces.push_back({text.substr(begin, end - begin), at});
    move_to(at, text, end);
    begin = end;
  };
  std::vector<ScriptPart> const parts = script_parts(text);
  for (std::size_t at_part = 0; at_part + 1 < parts.size(); ++at_part) {
    ScriptPart const& part = parts[at_part];
    bool const ends = part.kind == ScriptPart::Kind::Statement && text[part.end - 1] == ';';
    bool const has_rows = parts[at_part + 1].kind == ScriptPart::Kind::Rows;
    if (ends && !has_rows && part.end - begin >= piece_bytes) {
      cut(part.end);
    }
  }
  cut(text.size());
  return pieces;
}

/// From the start of the piece to that of the text.
Position moved(Position const& within, Position const& start) {
  bool const same_line = within.line == 1;
  return {start.offset + within.offset, start.line + within.line - 1,
          same_line ? start.column + within.column - 1 : within.column};
}

using Read = std::optional<std::vector<Statement>>;

Read read(Piece const& piece, bool last) {
  std::vector<Token> const tokens = scan_script(piece.text);
  bool const broken = std::ranges::find(tokens, Token::Kind::Broken, &Token::kind) != tokens.end();
  if (broken || has_marker(piece.text, tokens)) {
    return std::nullopt;
  }
  auto raw = last ? split(piece.text, tokens) : split_closed(piece.text, tokens);
  if (!raw) {
    return std::nullopt;
  }
  std::vector<Statement> statements;
  statements.reserve(raw->size());
  for (RawStatement& one : *raw) {
    one.at = moved(one.at, piece.at);
    statements.push_back(parse(std::move(one)));
  }
  return statements;
}

}  // namespace

bool read_in_pieces(std::string_view text, std::function<void(Statement)> const& take) {
  text = without_bom(text);
  if (foreign_encoding(text)) {
    return false;
  }
  std::vector<Piece> const pieces = pieces_of(text);
  Ahead<Read> reading(
      pieces.size(), std::min(cores(), pieces.size()) - 1,
      [&](std::size_t at) { return read(pieces[at], at + 1 == pieces.size()); }, pieces_ahead);
  for (std::size_t at = 0; at < pieces.size(); ++at) {
    Read statements = reading.take(at);
    if (!statements) {
      return false;
    }
    for (Statement& one : *statements) {
      take(std::move(one));
    }
  }
  return true;
}

}  // namespace bellows::sql
