#include "planner/sql/moment.hpp"

#include <chrono>
#include <cstddef>

namespace bellows::sql {

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

/// Takes parts from the front; once one was not there, nothing is right any more.
class MomentReader {
 public:
  explicit MomentReader(std::string_view text) : text_(text) {}

  bool at(char wanted) const { return !text_.empty() && text_.front() == wanted; }
  bool at_end() const { return text_.empty(); }
  bool good() const { return good_; }

  bool take_if(char wanted) {
    bool const there = at(wanted);
    text_.remove_prefix(there ? 1 : 0);
    return there;
  }

  void expect(char wanted) { good_ = take_if(wanted) && good_; }

  std::int64_t digits(std::size_t count) {
    std::int64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      value = value * 10 + digit();
    }
    return value;
  }

  /// Behind a decimal point: up to six digits, as microseconds.
  std::int64_t fraction() {
    std::int64_t micros = 0;
    std::int64_t unit = second / 10;
    for (; !text_.empty() && is_digit(text_.front()) && unit > 0; unit /= 10) {
      micros += digit() * unit;
    }
    return micros;
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  std::int64_t digit() {
    if (text_.empty() || !is_digit(text_.front())) {
      good_ = false;
      return 0;
    }
    char const c = text_.front();
    text_.remove_prefix(1);
    return c - '0';
  }

  std::string_view text_;
  bool good_ = true;
};

std::int64_t take_date(MomentReader& reader, bool& exists) {
  std::chrono::year const year(static_cast<int>(reader.digits(4)));
  reader.expect('-');
  std::chrono::month const month(static_cast<unsigned>(reader.digits(2)));
  reader.expect('-');
  std::chrono::day const of_month(static_cast<unsigned>(reader.digits(2)));
  std::chrono::year_month_day const date{year, month, of_month};
  exists = date.ok();
  return exists ? std::chrono::sys_days(date).time_since_epoch().count() : 0;
}

/// None written is midnight.
std::int64_t take_time(MomentReader& reader) {
  if (!reader.take_if(' ')) {
    return 0;
  }
  std::int64_t time = reader.digits(2) * hour;
  reader.expect(':');
  time += reader.digits(2) * minute;
  if (reader.take_if(':')) {
    time += reader.digits(2) * second;
  }
  return reader.take_if('.') ? time + reader.fraction() : time;
}

std::int64_t take_offset(MomentReader& reader) {
  std::int64_t const sign = reader.at('-') ? -1 : 1;
  if (!reader.take_if('-')) {
    reader.expect('+');
  }
  std::int64_t offset = reader.digits(2) * hour;
  if (reader.take_if(':')) {
    offset += reader.digits(2) * minute;
  }
  return sign * offset;
}

std::optional<std::int64_t> moment(std::string_view text, bool with_offset) {
  MomentReader reader(text);
  bool exists = false;
  std::int64_t rank = take_date(reader, exists) * day;
  rank += take_time(reader);
  rank -= with_offset ? take_offset(reader) : 0;
  bool const read = exists && reader.good() && reader.at_end();
  return read ? std::optional(rank) : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> date_rank(std::string_view text) {
  MomentReader reader(text);
  bool exists = false;
  std::int64_t const rank = take_date(reader, exists);
  bool const read = exists && reader.good() && reader.at_end();
  return read ? std::optional(rank) : std::nullopt;
}

std::optional<std::int64_t> timestamp_rank(std::string_view text) {
  return moment(text, false);
}

std::optional<std::int64_t> timestamptz_rank(std::string_view text) {
  return moment(text, true);
}

}  // namespace bellows::sql
