#pragma once

#include <string_view>

namespace bellows::sql {

/// Whether a comment that is no tool's section marker was probably meant as one for the way back:
/// "-- Down", "/* Down Migration */", or one with a slip of the fingers in it, "-- migrate:dwon".
/// The whole comment has to be such words: a sentence about a rollback is none.
bool reads_like_down(std::string_view comment);

/// The same of the way there: "-- Up Migraton", "-- Pu Migration", "-- Up", and a marker itself.
bool reads_like_up(std::string_view comment);

}  // namespace bellows::sql
