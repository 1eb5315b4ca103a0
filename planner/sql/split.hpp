#pragma once

#include "planner/sql/text.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// Splitting on tokens that are already there, so that a file is scanned once. Offsets of the
/// tokens and positions of the statements are those of the whole `text`.
namespace bellows::sql {

/// Moves `position` forward to `offset`, which must not lie behind it.
void advance(Position& position, std::string_view text, std::size_t offset);

/// As split(); with `whole`, all tokens are one statement whatever semicolons are in them.
std::vector<RawStatement> split(std::string_view text, std::span<Token const> tokens,
                                bool whole = false);

/// The same of a part of a text that ends with a statement; nothing where it ends within one.
std::optional<std::vector<RawStatement>> split_closed(std::string_view text,
                                                      std::span<Token const> tokens);

/// As meaning_hash(), of some of the text's tokens.
std::string meaning_hash(std::string_view text, std::vector<Token> const& tokens);

}  // namespace bellows::sql
