#pragma once

#include <span>
#include <string_view>

namespace bellows::locks {

/// A kind of statement of which nobody can tell by its text what it locks: it has no row in the
/// lock table, and is refused by name. tests/planner/sql/manual_test.cpp holds both together to the
/// parser's grammar.
struct Unknowable {
  std::string_view kind;
  std::string_view why;  // a clause: "it runs the extension's scripts"
};

std::span<Unknowable const> unknowables();

/// Empty for every other kind.
std::string_view why_unknowable(std::string_view kind);

}  // namespace bellows::locks
