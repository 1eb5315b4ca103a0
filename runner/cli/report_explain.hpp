#pragma once

#include "planner/rules/page.hpp"

#include <string>

/// What `bellows explain` prints. Pure.
namespace bellows::runner {

std::string explain_text(rules::Page const& page);
std::string explain_list();

/// `text` in lines of at most `width` characters, each after `indent` spaces; words are not cut.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = 88);

}  // namespace bellows::runner
