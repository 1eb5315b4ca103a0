#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bellows::batcher {

/// Times of the day in which a job may run: "22:00-06:00", or several, "12:00-12:30,22:00-06:00".
/// Pure: whose clock and whose time zone is the caller's matter.
class Window {
 public:
  /// Empty text: always. Throws std::invalid_argument with a sentence for people.
  static Window parse(std::string_view text);

  bool always() const { return spans_.empty(); }
  /// `second` of the day, 0 … 86,399.
  bool open_at(int second) const;
  std::string text() const;

 private:
  struct Span {
    int from = 0;  // seconds of the day
    int upto = 0;  // not included; before `from`: over midnight
  };
  std::vector<Span> spans_;
};

/// "6:00", "06:00", "24:00": seconds of the day. Throws std::invalid_argument.
int parse_time_of_day(std::string_view text);

}  // namespace bellows::batcher
