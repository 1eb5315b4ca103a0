#include "planner/sql/split.hpp"

#include "planner/sql/script.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace bellows::sql {

namespace {

/// Knows where a statement ends: at a semicolon that is in no parentheses and in no SQL-standard
/// function body (BEGIN ATOMIC … END, in which CASE … END may occur).
class Nesting {
 public:
  void see(std::string_view word, Token::Kind kind) {
    if (kind == Token::Kind::Symbol) {
      if (word == "(") {
        ++parentheses_;
      }
      if (word == ")" && parentheses_ > 0) {
        --parentheses_;
      }
    } else if (kind == Token::Kind::Word) {
      see_word(word);
    }
  }

  bool ends_at(std::string_view word) const {
    return word == ";" && parentheses_ == 0 && bodies_ == 0;
  }

 private:
  static bool is(std::string_view word, std::string_view lower) {
    return std::ranges::equal(word, lower, [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
  }

  void see_word(std::string_view word) {
    if (is(word, "atomic") && after_begin_) {
      ++bodies_;
    }
    if (is(word, "case") && bodies_ > 0) {
      ++bodies_;
    }
    if (is(word, "end") && bodies_ > 0) {
      --bodies_;
    }
    after_begin_ = is(word, "begin");
  }

  int parentheses_ = 0;
  int bodies_ = 0;
  bool after_begin_ = false;
};

std::string comment_line(std::string_view text, Token const& token) {
  std::string_view line = text.substr(token.offset, token.length);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' ')) {
    line.remove_suffix(1);
  }
  return std::string(line);
}

class Splitter {
 public:
  Splitter(std::string_view text, bool whole) : text_(text), whole_(whole) {}

  void take(Token const& token) {
    std::string_view const word = text_.substr(token.offset, token.length);
    if (token.kind == Token::Kind::Comment) {
      take_comment(token, word);
    } else if (token.kind == Token::Kind::Command) {
      take_command(token);
    } else if (!whole_ && nesting_.ends_at(word)) {
      finish();
      last_end_ = token.offset + token.length;
    } else {
      nesting_.see(word, token.kind);
      if (!start_) {
        start_ = token.offset;
      }
      end_ = token.offset + token.length;
    }
  }

  /// Within a statement.
  bool is_open() const { return start_.has_value(); }

  std::vector<RawStatement> result() && {
    finish();
    return std::move(statements_);
  }

 private:
  /// psql sends what stands in front of it.
  void take_command(Token const& token) {
    finish();
    start_ = token.offset;
    end_ = last_end_ = token.offset + token.length;
    finish();
  }

  /// A comment behind the semicolon, on the same line, is about the statement that it trails. Of
  /// the other form only one above a statement counts.
  void take_comment(Token const& token, std::string_view word) {
    if (!word.starts_with("--") && start_) {
      return;
    }
    bool const trails =
        !start_ && !statements_.empty() && last_end_ != 0 &&
        text_.substr(last_end_, token.offset - last_end_).find('\n') == std::string_view::npos;
    (trails ? statements_.back().comments : comments_).push_back(comment_line(text_, token));
  }

  void finish() {
    if (start_) {
      std::size_t length = end_ - *start_;
      if (whole_ && text_.substr(*start_, length).ends_with(';')) {
        --length;
      }
      advance(position_, text_, *start_);
      statements_.push_back(
          {std::string(text_.substr(*start_, length)), position_, std::exchange(comments_, {})});
    }
    start_.reset();
    nesting_ = {};
  }

  std::string_view text_;
  bool whole_;
  Nesting nesting_;
  Position position_;
  std::optional<std::size_t> start_;
  std::size_t end_ = 0;
  std::size_t last_end_ = 0;  // behind the last semicolon; 0: none yet
  std::vector<std::string> comments_;
  std::vector<RawStatement> statements_;
};

}  // namespace

void advance(Position& position, std::string_view text, std::size_t offset) {
  if (offset <= position.offset) {
    return;
  }
  std::string_view passed = text.substr(position.offset, offset - position.offset);
  position.offset = offset;
  for (auto end = passed.find('\n'); end != std::string_view::npos; end = passed.find('\n')) {
    ++position.line;
    position.column = 1;
    passed.remove_prefix(end + 1);
  }
  position.column += static_cast<int>(
      std::ranges::count_if(passed, [](char c) { return (c & '\xC0') != '\x80'; }));
}

std::vector<RawStatement> split(std::string_view text, std::span<Token const> tokens, bool whole) {
  Splitter splitter(text, whole);
  for (Token const& token : tokens) {
    splitter.take(token);
  }
  return std::move(splitter).result();
}

std::optional<std::vector<RawStatement>> split_closed(std::string_view text,
                                                      std::span<Token const> tokens) {
  Splitter splitter(text, false);
  for (Token const& token : tokens) {
    splitter.take(token);
  }
  return splitter.is_open() ? std::nullopt : std::optional(std::move(splitter).result());
}

std::vector<RawStatement> split(std::string_view text) {
  return split(text, scan_script(text));
}

}  // namespace bellows::sql
