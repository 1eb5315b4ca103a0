#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text for a terminal of some width. Pure.
namespace bellows::runner {

inline constexpr std::size_t usual_width = 80;

/// Characters that take place on a terminal: of UTF-8, ANSI escapes left out.
std::size_t width_of(std::string_view text);

/// `text` in lines of at most `width` characters; words are not cut. The first line begins after
/// `indent` spaces, the others after `hanging`. Colours (ANSI escapes) have no width.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width,
                    std::size_t hanging);
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = usual_width);

/// Each line of `text` that is wider than that in lines of at most `width` characters; what is
/// behind its first one stands four further in. A command that can be typed is not cut where it
/// fits into a line: what stands in `…`, and what follows "bellows " up to the next , ; : or ).
std::string fitted(std::string_view text, std::size_t width);

/// "  name      what it is", the text in a column of its own; a name that reaches into it stands
/// alone.
std::string in_column(std::string_view name, std::string_view text, std::size_t column);

}  // namespace bellows::runner
