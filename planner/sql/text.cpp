#include "planner/sql/text.hpp"

#include "planner/sql/split.hpp"

// The functions that OpenSSL 3 calls deprecated: those that it has instead look for a provider of
// SHA-256 first, which takes longer than most files take to be judged.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>

namespace bellows::sql {

namespace {

char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Appends a token so that neither its neighbours nor its kind can be mistaken for others.
void append_meaning(std::string& meaning, Token const& token, std::string_view text) {
  std::size_t const begin = meaning.size();
  meaning += text.substr(token.offset, token.length);
  if (token.kind == Token::Kind::Word) {
    std::transform(meaning.begin() + static_cast<std::ptrdiff_t>(begin), meaning.end(),
                   meaning.begin() + static_cast<std::ptrdiff_t>(begin), folded);
  }
  meaning += '\0';
}

}  // namespace

bool is_utf8(std::string_view text) {
  struct ByteForm {
    unsigned char mask;  // of the first byte
    unsigned char lead;
    std::uint16_t length;
    std::uint32_t least;  // below it, a shorter form exists
  };
  constexpr ByteForm forms[] = {
      {0x80, 0x00, 1, 0}, {0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000}};
  auto const skip_ascii = [&] {
    std::uint64_t eight = 0;  // bytes at once: nearly all text has nothing else
    while (text.size() >= sizeof eight) {
      std::memcpy(&eight, text.data(), sizeof eight);
      if ((eight & 0x8080808080808080U) != 0) {
        break;
      }
      text.remove_prefix(sizeof eight);
    }
    auto const beyond = std::ranges::find_if(text, [](char c) { return (c & '\x80') != 0; });
    text.remove_prefix(static_cast<std::size_t>(beyond - text.begin()));
  };
  for (skip_ascii(); !text.empty(); skip_ascii()) {
    auto const first = static_cast<unsigned char>(text.front());
    auto const* form = std::ranges::find_if(
        forms, [first](ByteForm const& one) { return (first & one.mask) == one.lead; });
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

Position position_at(std::string_view text, std::size_t offset) {
  Position position;
  advance(position, text, std::min(offset, text.size()));
  return position;
}

std::string meaning_hash(std::string_view text) {
  return meaning_hash(text, scan(text));
}

std::string meaning_hash(std::string_view text, std::vector<Token> const& tokens) {
  std::string meaning;
  meaning.reserve(text.size());
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
  SHA256_CTX context{};
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  bool const done = SHA256_Init(&context) == 1 &&
                    SHA256_Update(&context, bytes.data(), bytes.size()) == 1 &&
                    SHA256_Final(digest.data(), &context) == 1;
  if (!done) {
    throw std::runtime_error("libcrypto refuses to compute a SHA-256");
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned char const byte : digest) {
    hex += digits[byte >> 4U];
    hex += digits[byte & 15U];
  }
  return hex;
}

}  // namespace bellows::sql
