#include "planner/sql/mentions.hpp"

#include "planner/sql/lower.hpp"
#include "planner/sql/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

namespace bellows::sql {

namespace {

template <std::size_t size>
bool one_of(std::array<std::string_view, size> const& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool is_word_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & '\x80') != 0;
}

bool has_word(std::string_view text, std::string const& word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    std::size_t const end = at + word.size();
    bool const begins = at == 0 || !is_word_letter(text[at - 1]);
    if (begins && (end == text.size() || !is_word_letter(text[end]))) {
      return true;
    }
  }
  return false;
}

/// A token as it is compared: names and keywords folded and without quotes.
struct Said {
  Token::Kind kind;
  std::string text;
};

std::string without_quotes(std::string_view quoted) {
  return std::string(quoted.size() < 2 ? quoted : quoted.substr(1, quoted.size() - 2));
}

std::vector<Said> read(std::string_view body) {
  std::vector<Said> all;
  for (Token const& token : scan(body)) {
    std::string_view const text = body.substr(token.offset, token.length);
    switch (token.kind) {
      case Token::Kind::Comment:
        break;
      case Token::Kind::Word:
        all.push_back({token.kind, lower(text)});
        break;
      case Token::Kind::Quoted:
        all.push_back({token.kind, without_quotes(text)});
        break;
      default:
        all.push_back({token.kind, std::string(text)});
    }
  }
  return all;
}

class MentionReader {
 public:
  MentionReader(std::string_view body, Identifier const& column, QualifiedName const& table)
      : said_(read(body)), column_(column.raw()), table_(table.name.raw()) {}

  Mentions mentions() && {
    for (at_ = 0; at_ < said_.size(); ++at_) {
      follow_statement();
      if (said_[at_].kind == Token::Kind::String) {
        look_at_string();
      } else if (is_name(at_) && said_[at_].text == column_) {
        look_at_name();
      }
    }
    found_.as_word = found_.as_word || (bare_ && !declared_);
    return found_;
  }

 private:
  std::string_view text(std::size_t at) const {
    return at < said_.size() ? std::string_view(said_[at].text) : std::string_view();
  }
  std::string_view before(std::size_t steps) const {
    return at_ < steps ? std::string_view() : text(at_ - steps);
  }
  bool is_name(std::size_t at) const {
    return at < said_.size() &&
           (said_[at].kind == Token::Kind::Word || said_[at].kind == Token::Kind::Quoted);
  }

  /// Where a statement begins, which table it writes, and what its strings are for.
  void follow_statement() {
    constexpr std::array<std::string_view, 6> ends{";", "then", "else", "begin", "loop", "declare"};
    constexpr std::array<std::string_view, 6> builders{
        "execute", "jsonb_populate_record", "json_populate_record", "jsonb_set", "hstore", "#="};
    std::string_view const now = text(at_);
    if (said_[at_].kind == Token::Kind::String) {
      return;
    }
    if (one_of(ends, now)) {
      declares_ = now == "declare" || (declares_ && now == ";");
      builds_ = false;
      other_target_ = false;
      in_set_ = false;
    }
    builds_ = builds_ || one_of(builders, now);
    bool const writes = (now == "into" && before(1) == "insert") ||
                        (now == "update" && before(1) != "do" && before(1) != "for");
    if (writes) {
      take_target();
    }
    constexpr std::array<std::string_view, 3> clauses{"where", "from", "returning"};
    in_set_ = now == "set" || (in_set_ && !one_of(clauses, now));
  }

  /// Behind INSERT INTO and UPDATE: the table, and of INSERT the list of its columns.
  void take_target() {
    std::size_t next = at_ + 1;
    if (text(next) == "only") {
      ++next;
    }
    while (text(next + 1) == ".") {
      next += 2;
    }
    other_target_ = is_name(next) && text(next) != table_;
    if (text(next + 1) == "as") {
      next += 2;
    }
    list_ends_ = 0;
    if (other_target_ && text(at_) == "into" && text(next + 1) == "(") {
      list_ends_ = next + 1;
      while (list_ends_ < said_.size() && text(list_ends_) != ")") {
        ++list_ends_;
      }
    }
  }

  bool means_something_else() const {
    std::string_view const next = text(at_ + 1);
    bool const set_there =
        in_set_ && other_target_ && next == "=" && (before(1) == "set" || before(1) == ",");
    return next == "." || next == "(" || next == "=>" || before(1) == "as" || at_ < list_ends_ ||
           set_there;
  }

  void look_at_name() {
    bool const qualified = before(1) == ".";
    if (qualified && (before(2) == "new" || before(2) == "old")) {
      found_.of_row = true;
      return;
    }
    if (declares_ && (before(1) == ";" || before(1) == "declare")) {
      declared_ = true;
      return;
    }
    if (means_something_else()) {
      return;
    }
    (qualified ? found_.as_word : bare_) = true;
  }

  void look_at_string() {
    constexpr std::array<std::string_view, 5> keys{"->", "->>", "?", "-", "#-"};
    std::string const& string = said_[at_].text;
    bool const key = one_of(keys, before(1)) && without_quotes(string) == column_;
    found_.as_word = found_.as_word || key || (builds_ && has_word(lower(string), lower(column_)));
  }

  std::vector<Said> said_;
  std::string column_;
  std::string table_;
  std::size_t at_ = 0;
  std::size_t list_ends_ = 0;
  bool declares_ = false;
  bool builds_ = false;
  bool in_set_ = false;
  bool other_target_ = false;
  bool declared_ = false;
  bool bare_ = false;
  Mentions found_;
};

}  // namespace

Mentions mentions(std::string_view body, std::string_view language, Identifier const& column,
                  QualifiedName const& table) {
  if (language == "plpgsql" || language == "sql") {
    try {
      return MentionReader(body, column, table).mentions();
    } catch (SyntaxError const&) {
      // read as any other language
    }
  }
  return {.of_row = false, .as_word = has_word(lower(body), lower(column.raw()))};
}

}  // namespace bellows::sql
