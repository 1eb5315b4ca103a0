#pragma once

#include <span>
#include <string_view>

/// What bellows splits, and into what: the one table of it, which `bellows explain` prints and the
/// README repeats; tests hold both, and the rules that split, to it.
namespace bellows::rules {

struct SplitRow {
  std::string_view rule;
  std::string_view statement;  // as one writes it
  std::string_view expand;     // what each phase does; empty: nothing
  std::string_view backfill;
  std::string_view contract;
};

std::span<SplitRow const> split_table();
/// nullptr when bellows does not split what the rule finds.
SplitRow const* split_row(std::string_view rule);

}  // namespace bellows::rules
