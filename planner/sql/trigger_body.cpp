#include "planner/sql/trigger_body.hpp"

#include "planner/sql/lower.hpp"
#include "planner/sql/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bellows::sql {

namespace {

using Kind = Token::Kind;

struct BodyPiece {
  Kind kind = Kind::Symbol;
  std::string text;  // a word in lower case, a quoted name without its quotes, else as it stands
  std::size_t begin = 0;
  std::size_t end = 0;
};

using BodyPieces = std::vector<BodyPiece>;

/// A name as its letters; "" within it is one quote.
std::string unquoted(std::string_view text) {
  std::string name;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    name += text[i];
    i += text[i] == '"' ? 1U : 0U;
  }
  return name;
}

/// Nothing where the scanner refuses the text: then it says nothing.
BodyPieces body_pieces(std::string_view text) {
  BodyPieces pieces;
  try {
    for (Token const& token : scan(text)) {
      std::string_view const written = text.substr(token.offset, token.length);
      if (token.kind != Kind::Comment) {
        std::string const piece = token.kind == Kind::Quoted ? unquoted(written)
                                  : token.kind == Kind::Word ? lower(written)
                                                             : std::string(written);
        pieces.push_back({token.kind, piece, token.offset, token.offset + token.length});
      }
    }
  } catch (SyntaxError const&) {
    pieces.clear();
  }
  return pieces;
}

/// What a string constant holds.
std::string content(std::string_view text) {
  if (text.starts_with('$')) {
    std::size_t const tag = text.find('$', 1) + 1;
    return std::string(text.substr(tag, text.size() - 2 * tag));
  }
  std::size_t const first = text.find('\'') + 1;
  std::string held;
  for (std::size_t i = first; i + 1 < text.size(); ++i) {
    held += text[i];
    i += text[i] == '\'' ? 1U : 0U;
  }
  return held;
}

/// Words behind which a parenthesis is no call, and which are no alias.
bool is_keyword(std::string const& word) {
  constexpr std::array words{"all",    "and",       "any",    "as",     "by",     "case",
                             "cross",  "distinct",  "else",   "except", "exists", "from",
                             "full",   "group",     "in",     "inner",  "insert", "intersect",
                             "into",   "is",        "join",   "left",   "limit",  "loop",
                             "not",    "null",      "offset", "on",     "or",     "order",
                             "right",  "returning", "select", "set",    "then",   "union",
                             "update", "using",     "values", "when",   "where",  "with"};
  return std::ranges::find(words, word) != words.end();
}

class BodyReader {
 public:
  BodyReader(std::string_view text, std::vector<Identifier> const& rows, bool any)
      : text_(text), pieces_(body_pieces(text)), rows_(rows), any_(any) {
    learn_names();
  }

  TriggerBody read() && {
    for (std::size_t at = 0; at < pieces_.size(); ++at) {
      take_whole_row(at);
      take_assignment(at);
      take_insert(at);
      take_call(at);
      take_execute(at);
      bool const says = is(at, "notify") || is(at, "pg_notify");
      body_.notifies = body_.notifies || says;
    }
    return std::move(body_);
  }

 private:
  bool is(std::size_t at, std::string_view word) const {
    return at < pieces_.size() && pieces_[at].kind != Kind::Quoted &&
           pieces_[at].kind != Kind::String && pieces_[at].text == word;
  }

  bool is_name(std::size_t at) const {
    return at < pieces_.size() &&
           (pieces_[at].kind == Kind::Quoted ||
            (pieces_[at].kind == Kind::Word && !is_keyword(pieces_[at].text)));
  }

  bool is_row(std::size_t at) const {
    return is_name(at) && is_row_name(Identifier(pieces_[at].text));
  }

  bool is_row_name(Identifier const& name) const {
    return std::ranges::find(rows_, name) != rows_.end();
  }

  /// Records that are made of the row, and aliases of the table.
  void learn_names() {
    for (std::size_t at = 0; at + 3 < pieces_.size(); ++at) {
      bool const assigns = is(at + 1, ":=") || is(at + 1, "=");
      bool const copy = is_name(at) && assigns && is_row(at + 2) && is(at + 3, ";");
      bool const declared =
          is_name(at) && is_row(at + 1) && is(at + 2, "%") && is(at + 3, "rowtype");
      if ((copy || declared) && !is_row(at)) {
        rows_.emplace_back(pieces_[at].text);
      }
      learn_alias(at);
      learn_fetched(at);
    }
  }

  void learn_alias(std::size_t at) {
    if (!is(at, "from") && !is(at, "join")) {
      return;
    }
    std::size_t behind = at + 1;
    QualifiedName const relation = take_name(behind);
    std::size_t const alias = is(behind, "as") ? behind + 1 : behind;
    if (is_row_name(relation.name) && is_name(alias)) {
      rows_.emplace_back(pieces_[alias].text);
    }
  }

  /// SELECT * INTO r FROM item; FOR r IN SELECT * FROM item
  void learn_fetched(std::size_t at) {
    std::size_t from = at + 3;
    if (is(at, "into") && is_name(at + 1) && is(at + 2, "from") &&
        is_row_name(take_name(from).name)) {
      rows_.emplace_back(pieces_[at + 1].text);
    }
    bool const loops = is(at, "for") && is_name(at + 1) && is(at + 2, "in");
    if (loops && is_bare_star(at + 4)) {
      rows_.emplace_back(pieces_[at + 1].text);
    }
  }

  /// The name that begins at `at`, with its schema; `at` is behind it then.
  QualifiedName take_name(std::size_t& at) const {
    QualifiedName name;
    if (!is_name(at)) {
      return name;
    }
    name.name = Identifier(pieces_[at++].text);
    if (is(at, ".") && is_name(at + 1)) {
      name.schema = std::exchange(name.name, Identifier(pieces_[at + 1].text));
      at += 2;
    }
    return name;
  }

  // --- rows taken whole ---

  /// The first piece of the row whose every column the `*` at `star` stands for; its own place
  /// where it is none.
  std::size_t row_before(std::size_t star) const {
    if (star < 2 || !is(star, "*") || !is(star - 1, ".")) {
      return star;
    }
    bool const parameter = pieces_[star - 2].text.starts_with('$');
    if (is_row(star - 2) || (any_ && (is_name(star - 2) || parameter))) {
      return star - 2;
    }
    bool const closed = is(star - 2, ")");
    if (closed && star >= 4 && is(star - 4, "(") && (any_ || is_row(star - 3))) {
      return star - 4;
    }
    return closed && any_ ? open_of(star - 2) : star;
  }

  std::size_t open_of(std::size_t close) const {
    int depth = 0;
    for (std::size_t at = close + 1; at-- > 0;) {
      depth += is(at, ")") ? 1 : is(at, "(") ? -1 : 0;
      if (depth == 0) {
        return at;
      }
    }
    return 0;
  }

  /// `SELECT * FROM` a row's table.
  bool is_bare_star(std::size_t star) const {
    if (!is(star, "*") || !(is(star - 1, "select") || is(star - 1, "distinct"))) {
      return false;
    }
    for (std::size_t at = star + 1; at < pieces_.size() && !is(at, ";"); ++at) {
      if (is(at, "from")) {
        std::size_t name = at + 1;
        return is_row_name(take_name(name).name);
      }
    }
    return false;
  }

  /// OLD.* IS DISTINCT FROM NEW.*, (OLD.*) = (NEW.*)
  bool is_compared(std::size_t row, std::size_t star) const {
    bool const right = row >= 2 && is(row - 1, "from") && is(row - 2, "distinct");
    if (right || is(star + 1, "is")) {
      return true;
    }
    std::string const next = star + 1 < pieces_.size() ? pieces_[star + 1].text : "";
    return !next.empty() && std::string_view("=<>!").find(next.front()) != std::string_view::npos;
  }

  /// Where the statement's INSERT or UPDATE stands; `row` itself where it is of another kind.
  std::size_t verb_before(std::size_t row) const {
    for (std::size_t at = row; at-- > 0 && !is(at, ";");) {
      if ((is(at, "insert") && is(at + 1, "into")) || is(at, "update")) {
        return at;
      }
    }
    return row;
  }

  /// As an argument it is one value, whatever its columns are.
  bool is_argument(std::size_t verb, std::size_t row) const {
    std::vector<bool> calls;
    for (std::size_t at = verb; at < row; ++at) {
      if (is(at, "(")) {
        calls.push_back(is_name(at - 1));
      } else if (is(at, ")") && !calls.empty()) {
        calls.pop_back();
      }
    }
    return std::ranges::find(calls, true) != calls.end();
  }

  /// SET (a, b) = (SELECT OLD.*)
  bool sets_several(std::size_t verb, std::size_t row) const {
    for (std::size_t at = verb; at + 2 < row; ++at) {
      if (is(at, ")") && is(at + 1, "=") && is(at + 2, "(")) {
        return true;
      }
    }
    return false;
  }

  void take_whole_row(std::size_t star) {
    std::size_t const row = is_bare_star(star) ? star : row_before(star);
    bool const taken = row != star || is_bare_star(star);
    if (!taken || is_compared(row, star)) {
      return;
    }
    std::size_t const verb = verb_before(row);
    if (verb == row || is_argument(verb, row)) {
      return;
    }
    WholeRow found;
    found.text = line(verb);
    if (is(verb, "update")) {
      if (!sets_several(verb, row)) {
        return;
      }
      found.has_list = true;
      std::size_t at = verb + 1;
      found.into = take_name(at);
    } else {
      std::size_t at = verb + 2;
      found.into = take_name(at);
      found.has_list = is(at, "(");
      bool const first = is(row - 1, "select") || (is(row - 1, "(") && is(row - 2, "values"));
      bool const last = is(star + 1, ";") || is(star + 1, "from") || star + 1 == pieces_.size() ||
                        (is(star + 1, ")") && !is(star + 2, ","));
      found.alone = first && last;
    }
    body_.whole_rows.push_back(std::move(found));
  }

  std::string line(std::size_t from) const {
    std::string text;
    for (std::size_t at = from; at < pieces_.size() && !is(at, ";"); ++at) {
      bool const apart = at > from && pieces_[at].begin > pieces_[at - 1].end;
      text += (apart ? " " : "") +
              std::string(text_.substr(pieces_[at].begin, pieces_[at].end - pieces_[at].begin));
    }
    constexpr std::size_t enough = 90;
    return text.size() > enough ? text.substr(0, text.find_last_of(' ', enough)) + " …" : text;
  }

  // --- everything else ---

  bool begins_statement(std::size_t at) const {
    return at == 0 || is(at - 1, ";") || is(at - 1, "begin") || is(at - 1, "then") ||
           is(at - 1, "else") || is(at - 1, "loop");
  }

  void take_assignment(std::size_t at) {
    bool const assigns = is(at, "new") && is(at + 1, ".") && begins_statement(at) &&
                         (is(at + 3, ":=") || is(at + 3, "="));
    if (assigns) {
      body_.assigned.emplace_back(pieces_[at + 2].text);
    }
  }

  void take_insert(std::size_t at) {
    if (is(at, "insert") && is(at + 1, "into")) {
      std::size_t name = at + 2;
      body_.inserts.push_back(take_name(name));
    }
  }

  void take_call(std::size_t at) {
    if (!is(at, "(") || at == 0 || !is_name(at - 1)) {
      return;
    }
    bool given = false;
    for (std::size_t inside = at + 1; inside < pieces_.size() && !is(inside, ")"); ++inside) {
      bool const alone = is(inside - 1, "(") || is(inside - 1, ",");
      bool const whole = is(inside + 1, ")") || is(inside + 1, ",") || is(inside + 2, "*");
      given = given || (alone && whole && is_row(inside));
    }
    if (given) {
      std::size_t first = at >= 3 && is(at - 2, ".") ? at - 3 : at - 1;
      body_.given_the_row.push_back(take_name(first));
    }
  }

  /// The statement that it makes: strings, and something between them.
  void take_execute(std::size_t at) {
    if (!is(at, "execute")) {
      return;
    }
    std::string made;
    for (std::size_t in = at + 1; in < pieces_.size() && !is(in, ";"); ++in) {
      if (pieces_[in].kind == Kind::String) {
        made += content(text_.substr(pieces_[in].begin, pieces_[in].end - pieces_[in].begin));
      } else if (is(in, "||")) {
        made += " ";
      } else if (is(in, "using")) {
        break;
      } else if (is_name(in) && is(in - 1, "||")) {
        made += " x ";
      }
    }
    TriggerBody inner = BodyReader(made, rows_, true).read();
    for (WholeRow& found : inner.whole_rows) {
      bool const filled_in =
          found.text.find('%') != std::string::npos || found.into.name.raw() == "x";
      found.into = filled_in ? QualifiedName() : found.into;
      body_.whole_rows.push_back(std::move(found));
    }
    std::ranges::move(inner.inserts, std::back_inserter(body_.inserts));
  }

  std::string_view text_;
  BodyPieces pieces_;
  std::vector<Identifier> rows_;
  bool any_;
  TriggerBody body_;
};

}  // namespace

TriggerBody read_trigger_body(std::string_view body, std::vector<Identifier> const& rows,
                              bool any) {
  return BodyReader(body, rows, any).read();
}

std::vector<Identifier> transition_tables(std::string_view definition) {
  std::vector<Identifier> tables;
  BodyPieces const pieces = body_pieces(definition);
  for (std::size_t at = 0; at + 2 < pieces.size(); ++at) {
    bool const row = pieces[at].text == "old" || pieces[at].text == "new";
    if (row && pieces[at + 1].text == "table") {
      std::size_t const name = pieces[at + 2].text == "as" ? at + 3 : at + 2;
      if (name < pieces.size()) {
        tables.emplace_back(pieces[name].text);
      }
    }
  }
  return tables;
}

}  // namespace bellows::sql
