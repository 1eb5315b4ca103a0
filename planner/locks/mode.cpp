#include "planner/locks/mode.hpp"

#include <array>

namespace bellows::locks {

namespace {

constexpr std::array<std::string_view, 8> mode_names{
    "ACCESS SHARE", "ROW SHARE",           "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
    "SHARE",        "SHARE ROW EXCLUSIVE", "EXCLUSIVE",     "ACCESS EXCLUSIVE"};

// Table 13.2 of the manual: a row says with which modes it conflicts, weakest first.
constexpr std::array<std::string_view, 8> conflicts{
    ".......X",  // ACCESS SHARE
    "......XX",  // ROW SHARE
    "....XXXX",  // ROW EXCLUSIVE
    "...XXXXX",  // SHARE UPDATE EXCLUSIVE
    "..XX.XXX",  // SHARE
    "..XXXXXX",  // SHARE ROW EXCLUSIVE
    ".XXXXXXX",  // EXCLUSIVE
    "XXXXXXXX",  // ACCESS EXCLUSIVE
};

constexpr bool symmetric() {
  for (std::size_t a = 0; a < conflicts.size(); ++a) {
    for (std::size_t b = 0; b < conflicts.size(); ++b) {
      if (conflicts[a][b] != conflicts[b][a]) {
        return false;
      }
    }
  }
  return true;
}
static_assert(symmetric());

}  // namespace

std::string_view to_string(Mode mode) {
  return mode_names[static_cast<std::size_t>(mode)];
}

std::optional<Mode> mode_from(std::string_view text) {
  for (std::size_t i = 0; i < mode_names.size(); ++i) {
    if (mode_names[i] == text) {
      return static_cast<Mode>(i);
    }
  }
  return std::nullopt;
}

bool conflict(Mode a, Mode b) {
  return conflicts[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] == 'X';
}

bool blocks_reads(Mode mode) {
  return conflict(mode, Mode::AccessShare);
}

bool blocks_writes(Mode mode) {
  return conflict(mode, Mode::RowExclusive);
}

}  // namespace bellows::locks
