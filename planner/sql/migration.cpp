#include "planner/sql/migration.hpp"

#include "planner/sql/directive.hpp"
#include "planner/sql/misplaced.hpp"
#include "planner/sql/near_marker.hpp"
#include "planner/sql/script.hpp"
#include "planner/sql/split.hpp"
#include "planner/sql/up_marker.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <tuple>

namespace bellows::sql {

namespace {

enum class Mark : std::uint8_t { None, Up, Down, StatementBegin, StatementEnd };

struct Marker {
  std::string_view words;  // of the comment, lower case, one space between them
  Mark mark;
  Markers whose;
};

// bellows, dbmate, goose, sql-migrate. Options may follow a marker (`transaction:false`,
// `notransaction`).
constexpr Marker markers[] = {
    {"bellows: up", Mark::Up, Markers::Bellows},
    {"bellows: down", Mark::Down, Markers::Bellows},
    {"bellows:up", Mark::Up, Markers::Bellows},
    {"bellows:down", Mark::Down, Markers::Bellows},
    {"migrate:up", Mark::Up, Markers::Dbmate},
    {"migrate:down", Mark::Down, Markers::Dbmate},
    {"+goose up", Mark::Up, Markers::Goose},
    {"+goose down", Mark::Down, Markers::Goose},
    {"+goose statementbegin", Mark::StatementBegin, Markers::Goose},
    {"+goose statementend", Mark::StatementEnd, Markers::Goose},
    {"+migrate up", Mark::Up, Markers::SqlMigrate},
    {"+migrate down", Mark::Down, Markers::SqlMigrate},
    {"+migrate statementbegin", Mark::StatementBegin, Markers::SqlMigrate},
    {"+migrate statementend", Mark::StatementEnd, Markers::SqlMigrate},
};

/// node-pg-migrate's, which are ^\s*--[\s-]*down\s+migration to it, whatever follows.
constexpr Marker beginnings[] = {
    {"up migration", Mark::Up, Markers::NodePgMigrate},
    {"down migration", Mark::Down, Markers::NodePgMigrate},
};

/// The comment's words in lower case, one space between them, without the dashes in front.
std::string words_of(std::string_view comment) {
  std::string words;
  for (char const c : comment) {
    bool const blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (words.empty() && (blank || c == '-')) {
      continue;
    }
    if (blank && words.ends_with(' ')) {
      continue;
    }
    words += blank ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (words.ends_with(' ')) {
    words.pop_back();
  }
  return words;
}

struct Marked {
  Mark mark = Mark::None;
  Markers whose = Markers::None;
  bool first_only = false;  // node-pg-migrate looks for the first of either
};

bool starts_line(std::string_view text, std::size_t offset) {
  std::size_t const before = text.substr(0, offset).find_last_not_of(" \t");
  return offset == 0 || before == std::string_view::npos || text[before] == '\n';
}

Marked mark_of(std::string_view comment) {
  if (!comment.starts_with("--")) {
    return {};
  }
  std::string const words = words_of(comment);
  for (Marker const& marker : markers) {
    bool const whole = words == marker.words;
    if (whole || (words.starts_with(marker.words) && words[marker.words.size()] == ' ' &&
                  marker.words.substr(0, 7) != "bellows")) {
      return {marker.mark, marker.whose};
    }
  }
  for (Marker const& beginning : beginnings) {
    if (words.starts_with(beginning.words)) {
      return {beginning.mark, beginning.whose, true};
    }
  }
  return {};
}

Marked mark_of(std::string_view text, Token const& token, Markers read) {
  if (token.kind != Token::Kind::Comment || !starts_line(text, token.offset)) {
    return {};
  }
  Marked const marked = mark_of(text.substr(token.offset, token.length));
  return meet(marked.whose, read) ? marked : Marked{};
}

/// A directive is a comment that changes the plan, so a plan made before it changed is another's.
std::string directives_of(std::vector<Statement> const& statements) {
  std::string all;
  for (Statement const& statement : statements) {
    for (std::string const& comment : statement.raw.comments) {
      std::size_t const first = comment.find_first_not_of("- \t");
      bool const directive =
          first != std::string::npos && comment.compare(first, 8, "bellows:") == 0;
      if (directive) {
        all += "\n" + comment.substr(first);
      }
    }
  }
  return all;
}

class MigrationReader {
 public:
  MigrationReader(Migration& migration, std::string_view text, Meaning meaning, Markers read)
      : migration_(migration), text_(text), meaning_(meaning), read_(read) {}

  void take(Token const& token) {
    auto const [mark, whose, first_only] = mark_of(text_, token, read_);
    // "-- Up migration filled it", in the way back, does not end it.
    bool const talk = first_only && mark == Mark::Up && up_marked_;
    if (mark == Mark::None || talk) {
      bool const again =
          down_ && token.kind == Token::Kind::Comment && starts_line(text_, token.offset);
      if (again && reads_like_up(text_.substr(token.offset, token.length))) {
        misplace(Misplaced::UpBehindDown, token);
      }
      pending_.push_back(token);
      return;
    }
    flush();
    bool const behind = !std::ranges::all_of(
        migration_.up, [](Statement const& one) { return misplaced_as(one).has_value(); });
    if (mark == Mark::Up && !up_marked_ && behind) {
      misplace(Misplaced::UpBehindStatements, token);
    }
    whole_ = mark == Mark::StatementBegin;
    if (mark == Mark::Up) {
      down_ = false;
      up_marked_ = true;
    }
    if (mark == Mark::Down) {
      migration_.has_down = down_ = true;
    }
  }

  void finish() {
    flush();
    if (meaning_ == Meaning::Left) {
      return;
    }
    std::string const directives = directives_of(migration_.up);
    migration_.meaning = meaning_hash(text_, up_tokens_);
    if (!directives.empty()) {
      migration_.meaning = "sha256:" + sha256_hex(migration_.meaning + directives);
    }
  }

 private:
  void flush() {
    std::vector<Statement>& section = down_ ? migration_.down : migration_.up;
    std::vector<Statement> read = parse_all(split(text_, pending_, whole_));
    section.insert(section.end(), std::move_iterator(read.begin()), std::move_iterator(read.end()));
    if (!down_) {
      if (meaning_ == Meaning::Wanted) {
        up_tokens_.insert(up_tokens_.end(), pending_.begin(), pending_.end());
      }
      note_lost_directives();
    }
    pending_.clear();
  }

  /// Of the comments behind the section's last statement, which belong to none.
  void note_lost_directives() {
    auto const is_comment = [](Token const& token) { return token.kind == Token::Kind::Comment; };
    auto const behind = std::find_if_not(pending_.rbegin(), pending_.rend(), is_comment);
    if (behind != pending_.rend() && (whole_ || !ends_statement(*behind))) {
      return;  // they stand within a statement that nothing ends
    }
    std::size_t const end = behind == pending_.rend() ? 0 : behind->offset + behind->length;
    for (auto comment = behind.base(); comment != pending_.end(); ++comment) {
      bool const trails =
          end != 0 && text_.substr(end, comment->offset - end).find('\n') == std::string_view::npos;
      Directives const lost =
          trails ? Directives{}
                 : directives({std::string(text_.substr(comment->offset, comment->length))});
      if (!lost.all.empty() || !lost.mistakes.empty()) {
        misplace(Misplaced::LostDirective, *comment);
      }
    }
  }

  bool ends_statement(Token const& token) const {
    return token.kind == Token::Kind::Command || text_.substr(token.offset, token.length) == ";";
  }

  void misplace(Misplaced what, Token const& comment) {
    std::string_view text = text_.substr(comment.offset, comment.length);
    text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
    Position at;
    advance(at, text_, comment.offset);
    migration_.up.push_back(misplaced(what, {std::string(text), at, {}}));
  }

  Migration& migration_;
  std::string_view text_;
  Meaning meaning_;
  Markers read_;
  std::vector<Token> pending_;
  std::vector<Token> up_tokens_;
  bool down_ = false;
  bool up_marked_ = false;
  bool whole_ = false;
};

/// Without a text of its own: no byte of the file can be shown as it is meant.
Statement in_foreign_encoding(std::string_view encoding) {
  Statement statement;
  statement.kind = encoding;
  statement.body =
      Unparsed{"the file is " + std::string(encoding) + ", and bellows reads UTF-8", Position{}};
  return statement;
}

/// What a file name sorts by: instants (milliseconds since 1970) behind indexes, both behind
/// nothing; names without a prefix last.
struct Order {
  int kind = 2;  // 0: an index, 1: an instant, 2: no prefix
  std::size_t digits = 0;
  std::string value;
  std::int64_t instant = 0;
};

std::int64_t number(std::string_view digits) {
  std::int64_t value = 0;
  for (char const c : digits) {
    value = value * 10 + (c - '0');
  }
  return value;
}

/// Days since 1970-01-01 in the Gregorian calendar.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  std::int64_t const era = year / 400;
  std::int64_t const year_of_era = year - era * 400;
  std::int64_t const day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  std::int64_t const day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

/// YYYYMMDDHHMMSS, with or without milliseconds, in UTC.
std::int64_t instant_from_calendar(std::string_view digits) {
  auto const part = [&](std::size_t from, std::size_t length) {
    return number(digits.substr(from, length));
  };
  std::int64_t const days = days_from_civil(part(0, 4), part(4, 2), part(6, 2));
  std::int64_t const seconds = (days * 24 + part(8, 2)) * 3600 + part(10, 2) * 60 + part(12, 2);
  return seconds * 1000 + (digits.size() == 17 ? part(14, 3) : 0);
}

/// 2019-02-26-002946_create_user, as Diesel writes it: 20190226002946.
std::optional<std::string> dashed_instant(std::string_view name) {
  constexpr std::string_view form = "dddd-dd-dd-dddddd";
  std::string digits;
  for (std::size_t i = 0; i < form.size(); ++i) {
    char const c = i < name.size() ? name[i] : '\0';
    bool const digit = c >= '0' && c <= '9';
    if (form[i] == 'd' ? !digit : c != '-') {
      return std::nullopt;
    }
    digits += digit ? std::string(1, c) : "";
  }
  return digits;
}

/// V1_10__name, as Flyway writes it, V1.10__name as well: its numbers, each of one width.
std::optional<std::string> flyway_version(std::string_view name) {
  constexpr std::size_t width = 20;
  if (name.size() < 2 || name[0] != 'V' || name[1] < '0' || name[1] > '9') {
    return std::nullopt;
  }
  std::string padded;
  std::string part;
  std::size_t const end = name.find("__");
  for (char const c : std::string(name.substr(1, end == name.npos ? end : end - 1)) + ".") {
    if (c >= '0' && c <= '9') {
      part += c;
    } else if (!part.empty()) {
      padded += std::string(width - std::min(width, part.size()), '0') + part;
      part.clear();
    }
  }
  return padded;
}

Order order_of(std::string_view name) {
  if (auto version = flyway_version(name)) {
    Order order;
    order.kind = 0;
    order.value = std::move(*version);
    return order;
  }
  if (auto const digits = dashed_instant(name)) {
    Order order;
    order.kind = 1;
    order.instant = instant_from_calendar(*digits);
    return order;
  }
  auto const not_digit = [](char c) { return c < '0' || c > '9'; };
  auto const end = std::ranges::find_if(name, not_digit);
  std::string_view digits = name.substr(0, static_cast<std::size_t>(end - name.begin()));
  Order order;
  if (digits.empty()) {
    return order;
  }
  order.kind = 1;
  switch (digits.size()) {
    case 13:
      order.instant = number(digits);
      return order;
    case 14:
    case 17:
      order.instant = instant_from_calendar(digits);
      return order;
    default:
      break;  // a number, not an enum: any other count of digits is an index
  }
  order.kind = 0;
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  order.digits = digits.size();
  order.value = std::string(digits);
  return order;
}

}  // namespace

Migration read_migration(std::string name, std::string file, std::string_view text, Meaning meaning,
                         Markers read) {
  Migration migration;
  migration.name = std::move(name);
  migration.file = std::move(file);
  text = without_bom(text);
  if (auto const encoding = foreign_encoding(text)) {
    migration.up.push_back(in_foreign_encoding(*encoding));
    migration.meaning = "sha256:" + sha256_hex(text);
    return migration;
  }
  MigrationReader reader(migration, text, meaning, read);
  for (Token const& token : scan_script(text)) {
    reader.take(token);
  }
  reader.finish();
  return migration;
}

Markers way_back_marked_by(std::string_view comment) {
  Marked const marked = mark_of(comment);
  return marked.mark == Mark::Down ? marked.whose : Markers::None;
}

std::string_view reader_of(Markers one) {
  switch (one) {
    case Markers::Bellows:
      return "bellows";
    case Markers::NodePgMigrate:
      return "node-pg-migrate";
    case Markers::Dbmate:
      return "dbmate";
    case Markers::Goose:
      return "goose";
    case Markers::SqlMigrate:
      return "sql-migrate";
    case Markers::None:
    case Markers::All:
      break;
  }
  return "";
}

bool has_marker(std::string_view text, std::span<Token const> tokens) {
  return std::ranges::any_of(tokens, [&](Token const& token) {
    return mark_of(text, token, Markers::All).mark != Mark::None;
  });
}

bool has_up_marker(std::string_view text) {
  text = without_bom(text);
  return !foreign_encoding(text) && std::ranges::any_of(scan_script(text), [&](Token const& token) {
    return mark_of(text, token, Markers::All).mark == Mark::Up;
  });
}

bool runs_before(std::string_view a, std::string_view b) {
  Order const x = order_of(a);
  Order const y = order_of(b);
  return std::tie(x.kind, x.instant, x.digits, x.value, a) <
         std::tie(y.kind, y.instant, y.digits, y.value, b);
}

}  // namespace bellows::sql
