#include "planner/sql/pieces.hpp"

#include "planner/sql/ahead.hpp"
#include "planner/sql/script.hpp"
#include "planner/sql/split.hpp"
#include "planner/sql/up_marker.hpp"

#include <algorithm>
#include <mutex>
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

/// Cut where a semicolon ends a statement, or seems to: the parts know nothing of BEGIN ATOMIC.
std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  Position at;
  std::size_t begin = 0;
  auto const cut = [&](std::size_t end) {
    pieces.push_back({text.substr(begin, end - begin), at});
    advance(at, text, end);
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

/// Statements that were taken. They are destroyed by whoever reads the next ones, who has made most
/// of them: given back by another thread, their memory is what both wait for, turn by turn.
class Spent {
 public:
  void add(std::vector<Statement> statements) {
    std::lock_guard const lock(mutex_);
    statements_.push_back(std::move(statements));
  }

  void destroy() {
    std::vector<std::vector<Statement>> all;
    std::lock_guard const lock(mutex_);
    all.swap(statements_);
  }

 private:
  std::mutex mutex_;
  std::vector<std::vector<Statement>> statements_;
};

}  // namespace

bool read_in_pieces(std::string_view text, std::function<void(Statement const&)> const& take) {
  text = without_bom(text);
  if (foreign_encoding(text)) {
    return false;
  }
  std::vector<Piece> const pieces = pieces_of(text);
  Spent spent;
  auto const read_one = [&](std::size_t at) {
    spent.destroy();
    return read(pieces[at], at + 1 == pieces.size());
  };
  Ahead<Read> reading(pieces.size(), std::min(cores(), pieces.size()) - 1, read_one, pieces_ahead);
  for (std::size_t at = 0; at < pieces.size(); ++at) {
    Read statements = reading.take(at);
    if (!statements) {
      return false;
    }
    for (Statement const& one : *statements) {
      take(one);
    }
    spent.add(std::move(*statements));
  }
  return true;
}

}  // namespace bellows::sql
