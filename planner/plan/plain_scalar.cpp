#include "planner/plan/plain_scalar.hpp"

#include <algorithm>

namespace bellows::plan {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// None of them begins anything inside of a plain scalar. A colon and a hash may (YAML 1.2, 7.3.3).
bool is_harmless(char c) {
  constexpr std::string_view signs = " _.,;()[]{}=<>+-*/%|&!?@^'\"$~";
  return is_letter(c) || (c >= '0' && c <= '9') || signs.find(c) != std::string_view::npos;
}

}  // namespace

bool is_plain(std::string_view text) {
  constexpr std::size_t longest_constant = 5;  // false
  return text.size() > longest_constant && is_letter(text.front()) && text.back() != ' ' &&
         std::ranges::all_of(text, is_harmless);
}

}  // namespace bellows::plan
