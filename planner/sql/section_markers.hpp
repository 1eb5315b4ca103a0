#pragma once

#include <cstdint>
#include <string_view>

/// Lines that mark a migration's way there and its way back. Each tool reads its own, and runs what
/// stands behind those of others.
namespace bellows::sql {

/// A set of tools, a bit for each.
enum class Markers : std::uint8_t {
  None = 0,
  Bellows = 1,
  NodePgMigrate = 2,
  Dbmate = 4,
  Goose = 8,
  SqlMigrate = 16,
  All = 31
};

constexpr bool meet(Markers a, Markers b) {
  return (static_cast<std::uint8_t>(a) & static_cast<std::uint8_t>(b)) != 0;
}

/// Whose marker of the way back the comment is, a line of its own with its dashes. None: nobody's.
Markers way_back_marked_by(std::string_view comment);

/// "node-pg-migrate", of one tool.
std::string_view reader_of(Markers one);

}  // namespace bellows::sql
