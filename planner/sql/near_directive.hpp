#pragma once

#include <span>
#include <string_view>

namespace bellows::sql {

/// Of a comment that is no directive: the directive's word that was probably meant, out of `words`:
/// "bellows using a = b" (the colon is missing), "bellow: batch 10", "Bellows: batch 10", and any
/// of them between slash and star. Empty: it is talk. Pure.
std::string_view directive_meant_by(std::string_view comment,
                                    std::span<std::string_view const> words);

}  // namespace bellows::sql
