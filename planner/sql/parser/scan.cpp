#include "planner/sql/parser/guard.hpp"
#include "planner/sql/parser/tree.hpp"
#include "planner/sql/text.hpp"

extern "C" {
#include <gramparse.h>
}

// PostgreSQL's own scanner, called as raw_parser() of parser.c calls it.
namespace bellows::sql {

namespace {

/// About; a vector that grows moves what it has.
constexpr std::size_t bytes_per_token = 4;

Token::Kind token_kind(int token, char first) {
  switch (token) {
    case SQL_COMMENT:
    case C_COMMENT:
      return Token::Kind::Comment;
    case SCONST:
    case USCONST:
    case BCONST:
    case XCONST:
      return Token::Kind::String;
    case ICONST:
    case FCONST:
      return Token::Kind::Number;
    case UIDENT:
      return Token::Kind::Quoted;
    case IDENT:
      return first == '"' ? Token::Kind::Quoted : Token::Kind::Word;
    default: {  // several hundred keywords, and operators, of which none begins with a letter
      bool const letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
      return letter ? Token::Kind::Word : Token::Kind::Symbol;
    }
  }
}

/// Those that the scanner puts together from several matches; it tells their end itself.
bool is_assembled(int token) {
  return token == SCONST || token == USCONST || token == BCONST || token == XCONST ||
         token == IDENT || token == UIDENT || token == C_COMMENT;
}

class Scanner {
 public:
  explicit Scanner(char const* text) {
    scanner_ = scanner_init(text, &state_, &ScanKeywords, ScanKeywordTokens);
    state_.return_comments = true;
  }

  /// False at the end of the text.
  bool next(Token& token) {
    core_YYSTYPE value;
    int start = 0;
    int const kind = core_yylex(&value, &start, scanner_);
    if (kind == 0) {
      return false;
    }
    // What is matched is ended with a NUL in the scanner's copy of the text, until the next match.
    char const* const match = state_.scanbuf + start;
    auto const length = is_assembled(kind) ? static_cast<std::size_t>(state_.yyllocend - start)
                                           : std::strlen(match);
    token = {token_kind(kind, *match), static_cast<std::size_t>(start), length};
    return true;
  }

 private:
  core_yy_extra_type state_;
  core_yyscan_t scanner_;
};

}  // namespace

std::vector<Token> scan(std::string_view text) {
  tree::reject_nul(text);
  std::string const ended(text);
  std::vector<Token> tokens;
  tokens.reserve(text.size() / bytes_per_token + 1);
  Memory const memory;
  Failure const failure = guarded([&]() noexcept {
    Scanner scanner(ended.c_str());
    for (Token token; scanner.next(token);) {
      tokens.push_back(token);
    }
  });
  if (failure.message != nullptr) {
    throw tree::syntax_error(text, failure.message, failure.cursor);
  }
  return tokens;
}

int grammar_version() {
  return PG_VERSION_NUM / 10000;
}

}  // namespace bellows::sql
