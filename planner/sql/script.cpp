#include "planner/sql/script.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace bellows::sql {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || (c & '\x80') != 0;
}

/// COPY … FROM stdin, whatever else it says; as psql looks at it.
bool asks_for_rows(std::string_view statement) {
  constexpr std::string_view copy = "copy";
  auto const same = [](char a, char b) { return (a | ' ') == b; };
  if (statement.size() < copy.size() ||
      !std::equal(copy.begin(), copy.end(), statement.begin(),
                  [&](char lower, char c) { return same(c, lower); })) {
    return false;
  }
  std::string before;
  try {
    for (Token const& token : scan(statement)) {
      std::string word(statement.substr(token.offset, token.length));
      std::ranges::transform(word, word.begin(), [](char c) { return static_cast<char>(c | ' '); });
      if (token.kind == Token::Kind::Word && word == "stdin" && before == "from") {
        return true;
      }
      before = token.kind == Token::Kind::Comment ? before : word;
    }
  } catch (SyntaxError const&) {
    return false;
  }
  return false;
}

/// Only as much of PostgreSQL's lexical rules as tells where quotes and comments end.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<ScriptPart> parts() {
    while (at_ < text_.size()) {
      step();
    }
    end_statement();
    return std::move(parts_);
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  bool sees(std::string_view word) const { return text_.substr(at_).starts_with(word); }

  void step() {
    if (is_blank(peek())) {
      ++at_;
    } else if (sees("--")) {
      at_ = end_of_line();
    } else if (sees("/*")) {
      skip_comment();
    } else if (peek() == '\\') {
      take_command();
    } else if (peek() == ';') {
      ++at_;
      end_statement();
    } else {
      take_code();
    }
  }

  void take_code() {
    if (!open_) {
      open_ = true;
      code_ = at_;
    }
    if (peek() == '\'') {
      bool const escapes =
          at_ > 0 && (text_[at_ - 1] | ' ') == 'e' && (at_ < 2 || !is_word(text_[at_ - 2]));
      skip_quoted('\'', escapes);
    } else if (peek() == '"') {
      skip_quoted('"', false);
    } else if (peek() == '$' && (at_ == 0 || !is_word(text_[at_ - 1]))) {
      skip_dollar_quoted();
    } else {
      skip_plain();
    }
  }

  /// Most of a text neither opens nor ends anything.
  void skip_plain() {
    static constexpr std::array<bool, 256> telling = [] {
      std::array<bool, 256> all{};
      for (char const c : {'\'', '"', '$', ';', '-', '/', '\\'}) {
        all[static_cast<unsigned char>(c)] = true;
      }
      return all;
    }();
    ++at_;
    while (at_ < text_.size() && !telling[static_cast<unsigned char>(text_[at_])]) {
      ++at_;
    }
  }

  std::size_t end_of_line() const { return std::min(text_.find('\n', at_), text_.size()); }

  void skip_comment() {
    std::size_t const begin = at_;
    int depth = 0;
    do {
      if (sees("/*")) {
        ++depth;
        at_ += 2;
      } else if (sees("*/")) {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && at_ < text_.size());
    at_ = std::min(at_, text_.size());
    if (depth > 0 && !open_) {  // open to the end: what is to be shown begins with it
      open_ = true;
      code_ = begin;
    }
  }

  void skip_quoted(char quote, bool escapes) {
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      at_ += escapes && text_[at_] == '\\' ? 1U : 0U;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  void skip_dollar_quoted() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '$' && is_word(text_[end])) {
      ++end;
    }
    bool const parameter = peek(1) >= '0' && peek(1) <= '9';
    if (parameter || end >= text_.size() || text_[end] != '$') {
      ++at_;
      return;
    }
    std::string_view const tag = text_.substr(at_, end + 1 - at_);
    std::size_t const closing = text_.find(tag, end + 1);
    at_ = closing == std::string_view::npos ? text_.size() : closing + tag.size();
  }

  void take_command() {
    end_statement();
    std::size_t end = end_of_line();
    end -= text_[end - 1] == '\r' ? 1U : 0U;
    parts_.push_back({ScriptPart::Kind::Command, at_, at_, end});
    at_ = begin_ = end;
  }

  void end_statement() {
    if (at_ > begin_) {
      parts_.push_back({ScriptPart::Kind::Statement, begin_, open_ ? code_ : at_, at_});
    }
    bool const rows = open_ && asks_for_rows(text_.substr(code_, at_ - code_));
    begin_ = at_;
    open_ = false;
    if (rows) {
      take_rows();
    }
  }

  /// Without a line `\.` there are none: what follows is read as statements.
  void take_rows() {
    for (std::size_t line = end_of_line(); line < text_.size();) {
      std::size_t const next = std::min(text_.find('\n', line + 1), text_.size());
      std::string_view row = text_.substr(line + 1, next - line - 1);
      row.remove_suffix(row.ends_with('\r') ? 1U : 0U);
      if (row == "\\.") {
        parts_.push_back({ScriptPart::Kind::Rows, at_, at_, next});
        at_ = begin_ = next;
        return;
      }
      line = next;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // of the part at hand
  std::size_t code_ = 0;
  bool open_ = false;  // there is code in it
  std::vector<ScriptPart> parts_;
};

/// Appends the tokens of a piece of the text.
void add_scanned(std::vector<Token>& tokens, std::string_view text, std::size_t from,
                 std::size_t to) {
  for (Token token : scan(text.substr(from, to - from))) {
    token.offset += from;
    tokens.push_back(token);
  }
}

void add_statement(std::vector<Token>& tokens, std::string_view text, ScriptPart const& part) {
  std::size_t const before = tokens.size();
  try {
    add_scanned(tokens, text, part.offset, part.end);
  } catch (SyntaxError const&) {
    tokens.resize(before);
    bool const ended = text[part.end - 1] == ';';
    try {
      add_scanned(tokens, text, part.offset, part.code);  // its comments: a section may begin there
    } catch (SyntaxError const&) {
      tokens.resize(before);
    }
    tokens.push_back({Token::Kind::Broken, part.code, part.end - part.code - (ended ? 1U : 0U)});
    if (ended) {
      tokens.push_back({Token::Kind::Symbol, part.end - 1, 1});
    }
  }
}

/// Statements that follow each other are scanned at once; one by one only where that fails.
void add_statements(std::vector<Token>& tokens, std::string_view text,
                    std::span<ScriptPart const> parts) {
  std::size_t const before = tokens.size();
  try {
    add_scanned(tokens, text, parts.front().offset, parts.back().end);
  } catch (SyntaxError const&) {
    tokens.resize(before);
    for (ScriptPart const& part : parts) {
      add_statement(tokens, text, part);
    }
  }
}

std::vector<Token> scan_parts(std::string_view text) {
  std::vector<Token> tokens;
  std::vector<ScriptPart> const parts = script_parts(text);
  bool open = false;  // a statement that no semicolon has ended
  for (std::size_t at = 0; at < parts.size();) {
    ScriptPart const& part = parts[at];
    std::size_t end = at;
    while (end < parts.size() && parts[end].kind == ScriptPart::Kind::Statement) {
      ++end;
    }
    if (end > at) {
      add_statements(tokens, text, std::span(parts).subspan(at, end - at));
      ScriptPart const& last = parts[end - 1];
      open = last.code < last.end && text[last.end - 1] != ';';
      at = end;
      continue;
    }
    bool const command = part.kind == ScriptPart::Kind::Command;
    if (command &&
        (open || !why_refused(text.substr(part.offset, part.end - part.offset)).empty())) {
      tokens.push_back({Token::Kind::Command, part.offset, part.end - part.offset});
    }
    ++at;
  }
  return tokens;
}

}  // namespace

std::vector<ScriptPart> script_parts(std::string_view text) {
  return Lexer(text).parts();
}

std::vector<Token> scan_script(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) {
    try {
      return scan(text);
    } catch (SyntaxError const&) {
      // Statement by statement, then: only one of them need be broken.
    }
  }
  return scan_parts(text);
}

std::string_view without_bom(std::string_view text) {
  return text.substr(text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
}

/// Without a mark as well: of an SQL file in UTF-16, the first character is ASCII.
std::optional<std::string_view> foreign_encoding(std::string_view text) {
  if (text.starts_with(std::string_view("\xFF\xFE\0\0", 4)) ||
      text.starts_with(std::string_view("\0\0\xFE\xFF", 4))) {
    return "UTF-32";
  }
  bool const marked = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  bool const half = text.size() >= 4 && text.size() % 2 == 0 &&
                    ((text[0] == '\0' && text[1] != '\0' && text[2] == '\0') ||
                     (text[0] != '\0' && text[1] == '\0' && text[3] == '\0'));
  return marked || half ? std::optional<std::string_view>("UTF-16") : std::nullopt;
}

}  // namespace bellows::sql
