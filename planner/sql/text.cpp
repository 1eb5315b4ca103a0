#include "planner/sql/text.hpp"

#include "planner/sql/split.hpp"
#include "planner/sql/tree.hpp"

#include <openssl/evp.h>
#include <pg_query.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>

namespace bellows::sql {

namespace {

Token::Kind kind_of(PgQuery__ScanToken const& token, std::string_view text) {
  switch (token.token) {
    case PG_QUERY__TOKEN__SQL_COMMENT:
    case PG_QUERY__TOKEN__C_COMMENT:
      return Token::Kind::Comment;
    case PG_QUERY__TOKEN__SCONST:
    case PG_QUERY__TOKEN__USCONST:
    case PG_QUERY__TOKEN__BCONST:
    case PG_QUERY__TOKEN__XCONST:
      return Token::Kind::String;
    case PG_QUERY__TOKEN__ICONST:
    case PG_QUERY__TOKEN__FCONST:
      return Token::Kind::Number;
    case PG_QUERY__TOKEN__UIDENT:
      return Token::Kind::Quoted;
    case PG_QUERY__TOKEN__IDENT:
      return text[static_cast<std::size_t>(token.start)] == '"' ? Token::Kind::Quoted
                                                                : Token::Kind::Word;
    default:  // a list of PostgreSQL's, not ours: several hundred keywords and operators
      return token.keyword_kind == PG_QUERY__KEYWORD_KIND__NO_KEYWORD ? Token::Kind::Symbol
                                                                      : Token::Kind::Word;
  }
}

char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Appends a token so that neither its neighbours nor its kind can be mistaken for others.
void append_meaning(std::string& meaning, Token const& token, std::string_view text) {
  std::string_view const words = text.substr(token.offset, token.length);
  if (token.kind == Token::Kind::Word) {
    for (char const c : words) {
      meaning += folded(c);
    }
  } else {
    meaning += words;
  }
  meaning += '\0';
}

}  // namespace

bool is_utf8(std::string_view text) {
  struct Form {
    unsigned char mask;  // of the first byte
    unsigned char lead;
    std::uint16_t length;
    std::uint32_t least;  // below it, a shorter form exists
  };
  constexpr Form forms[] = {
      {0x80, 0x00, 1, 0}, {0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000}};
  while (!text.empty()) {
    auto const first = static_cast<unsigned char>(text.front());
    auto const* form = std::ranges::find_if(
        forms, [first](Form const& one) { return (first & one.mask) == one.lead; });
    if (form == std::end(forms) || text.size() < form->length) {
      return false;
    }
    auto code = static_cast<std::uint32_t>(first & ~form->mask);
    for (char const c : text.substr(1, form->length - 1)) {
      if ((c & '\xC0') != '\x80') {
        return false;
      }
      code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
    }
    bool const surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < form->least || code > 0x10FFFF || surrogate) {
      return false;
    }
    text.remove_prefix(form->length);
  }
  return true;
}

int grammar_version() {
  return PG_VERSION_NUM / 10000;
}

Position position_at(std::string_view text, std::size_t offset) {
  Position position;
  advance(position, text, std::min(offset, text.size()));
  return position;
}

std::vector<Token> scan(std::string_view text) {
  tree::reject_nul(text);
  PgQueryScanResult result = pg_query_scan(std::string(text).c_str());
  if (result.error != nullptr) {
    SyntaxError const error =
        tree::syntax_error(text, result.error->message, result.error->cursorpos);
    pg_query_free_scan_result(result);
    throw SyntaxError(error);
  }
  Unpacked<PgQuery__ScanResult> const scanned(pg_query__scan_result__unpack, result.pbuf);
  std::size_t const count = scanned ? scanned->n_tokens : 0;
  std::vector<Token> tokens;
  tokens.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    PgQuery__ScanToken const& token = *scanned->tokens[i];
    auto const start = static_cast<std::size_t>(token.start);
    tokens.push_back({kind_of(token, text), start, static_cast<std::size_t>(token.end) - start});
  }
  pg_query_free_scan_result(result);
  return tokens;
}

std::string meaning_hash(std::string_view text) {
  return meaning_hash(text, scan(text));
}

std::string meaning_hash(std::string_view text, std::vector<Token> const& tokens) {
  std::string meaning;
  bool ended = true;  // no statement is open: a semicolon here says nothing
  bool pending = false;
  for (Token const& token : tokens) {
    if (token.kind == Token::Kind::Comment) {
      continue;
    }
    if (text.substr(token.offset, token.length) == ";") {
      pending = pending || !ended;
      ended = true;
      continue;
    }
    if (pending) {
      meaning += std::string_view(";\0", 2);
    }
    pending = false;
    ended = false;
    append_meaning(meaning, token, text);
  }
  return "sha256:" + sha256_hex(meaning);
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("libcrypto refuses to compute a SHA-256");
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    hex += digits[digest[i] >> 4U];
    hex += digits[digest[i] & 15U];
  }
  return hex;
}

}  // namespace bellows::sql
