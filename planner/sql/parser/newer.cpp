#include "planner/sql/parser/newer.hpp"

#include "planner/sql/parser/tree.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>

namespace bellows::sql {

namespace {

constexpr int version = 19;

constexpr Form repack{"REPACK", version};
constexpr Form wait_for{"WAIT FOR LSN", version};
constexpr Form checkpoint{"CHECKPOINT with options", version};
constexpr Form do_select{"ON CONFLICT DO SELECT", version};
constexpr Form nulls{"IGNORE NULLS and RESPECT NULLS", version};
constexpr Form all_sequences{"ALL SEQUENCES of a publication", version};
constexpr Form except{"EXCEPT of a publication", version};
constexpr Form set_all{"SET ALL of a publication", version};
constexpr Form refresh_sequences{"REFRESH SEQUENCES", version};
constexpr Form server{"SERVER of a subscription", version};
constexpr Form connection{"CONNECTION of a foreign data wrapper", version};
constexpr Form json{"FORMAT json of COPY", version};
constexpr Form to_null{"SET … TO NULL", version};

/// A statement's tokens, some of which become others.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text), tokens_(scan(text)) {
    for (Token const& token : tokens_) {
      if (token.kind == Token::Kind::Comment) {
        clear(token.offset, token.offset + token.length);
      }
    }
    std::erase_if(tokens_, [](Token const& token) { return token.kind == Token::Kind::Comment; });
  }

  std::size_t size() const { return tokens_.size(); }

  std::string raw(std::size_t at) const {
    return at < size() ? text_.substr(tokens_[at].offset, tokens_[at].length) : std::string();
  }

  /// The tokens from `at` on are these words or symbols.
  bool are(std::size_t at, std::initializer_list<std::string_view> words) const {
    return std::ranges::all_of(words, [&](std::string_view word) {
      bool const plain = at < size() && tokens_[at].kind != Token::Kind::Quoted &&
                         tokens_[at].kind != Token::Kind::String;
      bool const same =
          plain && std::ranges::equal(raw(at), word, [](unsigned char a, unsigned char b) {
            return std::toupper(a) == static_cast<int>(b);
          });
      ++at;
      return same;
    });
  }

  std::size_t find(std::initializer_list<std::string_view> words, std::size_t from = 0) const {
    while (from < size() && !are(from, words)) {
      ++from;
    }
    return from;
  }

  /// Behind the parenthesis that closes the one at `at`.
  std::size_t behind_list(std::size_t at) const {
    int depth = 0;
    for (; at < size(); ++at) {
      depth += are(at, {"("}) ? 1 : are(at, {")"}) ? -1 : 0;
      if (depth == 0) {
        return at + 1;
      }
    }
    return at;
  }

  /// Where a clause that began in here ends: at a parenthesis that closes what is around it.
  std::size_t end_of_clause(std::size_t at, std::string_view next) const {
    while (at < size() && !are(at, {next}) && !are(at, {")"})) {
      at = are(at, {"("}) ? behind_list(at) : at + 1;
    }
    return at;
  }

  std::string text(std::size_t first, std::size_t end) const {
    return first >= end ? ""
                        : text_.substr(tokens_[first].offset, place(end) - tokens_[first].offset);
  }

  /// Nothing stands there any more; each other word stays at its place.
  void blank(std::size_t first, std::size_t end) { clear(place(first), place(end)); }

  /// The text with other words there.
  std::string with(std::size_t first, std::size_t end, std::string const& words) const {
    return text_.substr(0, place(first)) + words + ' ' + text_.substr(place(end));
  }

  std::string const& text() const { return text_; }

 private:
  std::size_t place(std::size_t at) const {
    return at < size() ? tokens_[at].offset : text_.size();
  }

  void clear(std::size_t from, std::size_t to) { text_.replace(from, to - from, to - from, ' '); }

  std::string text_;
  std::vector<Token> tokens_;
};

[[noreturn]] void refuse() {
  throw SyntaxError("not among the newer forms that are known", Position{});
}

// --- statements that are new as a whole ---

/// Behind a name, with or without a schema, and the columns that may follow it.
std::size_t behind_table(Words const& words, std::size_t at) {
  for (++at; words.are(at, {"."}); at += 2) {
  }
  return words.are(at, {"("}) ? words.behind_list(at) : at;
}

/// The option stands before `end`, and is not said to be off.
bool is_on(Words const& words, std::string_view option, std::size_t end) {
  std::size_t const at = words.find({option});
  return at < end && !words.are(at + 1, {"FALSE"}) && !words.are(at + 1, {"OFF"}) &&
         !words.are(at + 1, {"0"});
}

/// As VACUUM has it, whose options and columns are written alike; USING INDEX is left out.
std::optional<InOlderWords> read_repack(Words const& words) {
  if (!words.are(0, {"REPACK"})) {
    return std::nullopt;
  }
  std::size_t const options = words.are(1, {"("}) ? words.behind_list(1) : 1;
  std::size_t const by = words.find({"USING", "INDEX"}, options);
  std::size_t const after = by == words.size() ? by : by + 2;
  bool const old_option = words.are(options, {"VERBOSE"}) || words.are(options, {"FULL"}) ||
                          words.are(options, {"FREEZE"}) || words.are(options, {"ANALYZE"});
  bool const one = options == by || behind_table(words, options) == by;
  if (words.size() > after + 1 || old_option || !one) {
    refuse();
  }
  InOlderWords older;
  older.forms = {repack};
  older.kind = options == by                           ? "REPACK ALL"
               : is_on(words, "CONCURRENTLY", options) ? "REPACK CONCURRENTLY"
                                                       : "REPACK";
  older.text = "VACUUM " + words.text(1, options) + " " + words.text(options, by);
  return older;
}

/// A list in parentheses is checked as EXPLAIN's options.
std::string as_options(std::string const& list) {
  return "EXPLAIN " + list + " SELECT";
}

std::optional<InOlderWords> read_wait(Words const& words) {
  if (!words.are(0, {"WAIT", "FOR", "LSN"})) {
    return std::nullopt;
  }
  bool const with = words.are(4, {"WITH", "("});
  if (words.size() < 4 || words.raw(3).front() != '\'' ||
      words.size() != (with ? words.behind_list(5) : 4)) {
    refuse();
  }
  InOlderWords older;
  older.forms = {wait_for};
  older.kind = "WAIT FOR LSN";
  older.text = with ? as_options(words.text(5, words.size())) : "EXPLAIN SELECT";
  return older;
}

std::optional<InOlderWords> read_checkpoint(Words const& words) {
  if (!words.are(0, {"CHECKPOINT", "("}) || words.behind_list(1) != words.size()) {
    return std::nullopt;
  }
  return InOlderWords{as_options(words.text(1, words.size())), {checkpoint}, "CHECKPOINT", {}};
}

// --- clauses of publications ---

/// `TABLE a, TABLE b, c` in parentheses, behind which it goes on.
std::vector<QualifiedName> read_except(Words const& words, std::size_t& at) {
  std::vector<QualifiedName> names;
  std::size_t const end = words.behind_list(at);
  if (!words.are(at, {"(", "TABLE"})) {
    refuse();
  }
  for (++at; at + 1 < end; ++at) {
    at += words.are(at, {"TABLE"}) ? 1U : 0U;
    at += words.are(at, {"ONLY"}) ? 1U : 0U;
    std::string name = words.raw(at++);
    for (; words.are(at, {"."}); at += 2) {
      name += "." + words.raw(at + 1);
    }
    names.push_back(parse_qualified_name(name));
    at += words.are(at, {"*"}) ? 1U : 0U;
  }
  at = end;
  return names;
}

/// ALL TABLES [EXCEPT (…)], ALL SEQUENCES; in any order.
std::size_t read_all(Words const& words, std::size_t at, InOlderWords& older) {
  PublicationChange change;
  do {
    if (words.are(at, {"ALL", "SEQUENCES"})) {
      change.all_sequences = true;
      older.forms.push_back(all_sequences);
      at += 2;
    } else if (words.are(at, {"ALL", "TABLES"})) {
      change.all_tables = true;
      at += 2;
      if (words.are(at, {"EXCEPT"})) {
        older.forms.push_back(except);
        change.except = read_except(words, ++at);
      }
    } else {
      refuse();
    }
  } while (words.are(at, {","}) && ++at != 0);
  older.publication = std::move(change);
  return at;
}

std::optional<InOlderWords> read_publication(Words const& words) {
  bool const creates = words.are(0, {"CREATE", "PUBLICATION"}) && words.are(3, {"FOR", "ALL"});
  bool const alters = words.are(0, {"ALTER", "PUBLICATION"}) && words.are(3, {"SET", "ALL"});
  if (!creates && !alters) {
    return std::nullopt;
  }
  InOlderWords older;
  if (alters) {
    older.forms = {set_all};
  }
  std::size_t const end = read_all(words, 4, older);
  older.text = words.with(4, end, creates ? "ALL TABLES" : "TABLE everything");
  return older;
}

// --- words that others stand for ---

/// `from` becomes `to` where a statement begins with `start`.
struct Replacement {
  std::initializer_list<std::string_view> start;
  std::initializer_list<std::string_view> from;
  std::size_t length;  // tokens of it that go
  std::string_view to;
  Form form;
};

Replacement const replacements[] = {
    {{"ALTER", "SUBSCRIPTION"},
     {"REFRESH", "SEQUENCES"},
     2,
     "REFRESH PUBLICATION",
     refresh_sequences},
    {{"ALTER", "SUBSCRIPTION"}, {"SERVER"}, 2, "CONNECTION ''", server},
    {{"CREATE", "SUBSCRIPTION"}, {"SERVER"}, 2, "CONNECTION ''", server},
    {{"CREATE", "FOREIGN", "DATA", "WRAPPER"}, {"CONNECTION"}, 1, "HANDLER", connection},
    {{"ALTER", "FOREIGN", "DATA", "WRAPPER"}, {"CONNECTION"}, 1, "HANDLER", connection},
    {{"COPY"}, {"FORMAT", "JSON"}, 2, "FORMAT 'json'", json},
    {{"COPY"}, {"JSON"}, 1, "CSV", json},
    {{"SET"}, {"TO", "NULL"}, 2, "TO ''", to_null},
    {{"SET"}, {"=", "NULL"}, 2, "= ''", to_null},
    {{"ALTER"}, {"TO", "NULL"}, 2, "TO ''", to_null},
    {{"ALTER"}, {"=", "NULL"}, 2, "= ''", to_null},
};

std::optional<InOlderWords> replaced(Words const& words) {
  for (Replacement const& row : replacements) {
    std::size_t const at = words.are(0, row.start) ? words.find(row.from) : words.size();
    if (at < words.size()) {
      return InOlderWords{words.with(at, at + row.length, std::string(row.to)), {row.form}, "", {}};
    }
  }
  return std::nullopt;
}

/// What stands there must be what it is taken for. Throws SyntaxError.
void require_sql(std::string const& text) {
  tree::parse(text);
}

bool is_row_lock(Words const& words, std::size_t at, std::size_t end) {
  std::string const lock = words.text(at, end);
  bool const known = words.are(at, {"FOR", "UPDATE"}) || words.are(at, {"FOR", "SHARE"}) ||
                     words.are(at, {"FOR", "NO", "KEY", "UPDATE"}) ||
                     words.are(at, {"FOR", "KEY", "SHARE"});
  return at == end || (known && !words.are(end - 1, {"NOWAIT"}) && !words.are(end - 1, {"LOCKED"}));
}

/// ON CONFLICT … DO SELECT … goes: it writes nothing, and RETURNING is there to say more.
bool take_do_select(Words& words) {
  std::size_t const at = words.find({"DO", "SELECT"});
  if (at == words.size()) {
    return false;
  }
  std::size_t conflict = at;
  while (conflict > 0 && !words.are(conflict, {"ON", "CONFLICT"})) {
    --conflict;
  }
  std::size_t const end = words.end_of_clause(at + 2, "RETURNING");
  std::size_t const where = std::min(words.find({"WHERE"}, at + 2), end);
  if (!words.are(conflict, {"ON", "CONFLICT"}) || !is_row_lock(words, at + 2, where)) {
    refuse();
  }
  require_sql("INSERT INTO t DEFAULT VALUES " + words.text(conflict, at) + " DO NOTHING");
  require_sql("SELECT " + words.text(where, end));
  words.blank(conflict, end);
  return true;
}

/// Those of a window function.
bool take_nulls(Words& words) {
  bool found = false;
  for (std::size_t at = 0; at + 2 < words.size(); ++at) {
    bool const here = words.are(at, {"IGNORE", "NULLS"}) || words.are(at, {"RESPECT", "NULLS"});
    if (here && words.are(at + 2, {"OVER"})) {
      words.blank(at, at + 2);
      found = true;
    }
  }
  return found;
}

std::optional<InOlderWords> in_place(Words words) {
  InOlderWords older;
  while (take_do_select(words)) {
    older.forms = {do_select};
  }
  if (take_nulls(words)) {
    older.forms.push_back(nulls);
  }
  older.text = words.text();
  return older.forms.empty() ? std::nullopt : std::optional(std::move(older));
}

}  // namespace

std::optional<InOlderWords> in_older_words(std::string_view statement) {
  Words const words(statement);
  for (auto const read : {read_repack, read_wait, read_checkpoint, read_publication, replaced}) {
    if (std::optional<InOlderWords> older = read(words)) {
      return older;
    }
  }
  return in_place(words);
}

void apply_newer(Statement& statement, InOlderWords const& older) {
  if (!older.kind.empty()) {
    statement.kind = older.kind;
    if (!std::holds_alternative<Other>(statement.body)) {
      statement.body = Other{};  // EXPLAIN lent its options
    }
  }
  auto* other = std::get_if<Other>(&statement.body);
  if (older.publication && other != nullptr && other->publication) {
    other->publication->tables.clear();
    other->publication->all_tables = older.publication->all_tables;
    other->publication->all_sequences = older.publication->all_sequences;
    other->publication->except = older.publication->except;
    other->relations.clear();
  }
  for (Form const& form : older.forms) {
    std::erase(statement.forms, form);
    statement.forms.insert(statement.forms.begin(), form);
  }
}

}  // namespace bellows::sql
