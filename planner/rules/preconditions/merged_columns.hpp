#pragma once

#include "planner/catalog/model.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// What a table must have like its parent before it can be attached to it or inherit from it.
namespace bellows::rules::preconditions {

enum class Mismatch : std::uint8_t {
  Column,  // missing
  Type,
  Collation,
  Generated,     // in one of the two
  NotNull,       // missing
  LaterNotNull,  // NOT VALID
  Check,         // missing, or another one of that name
  LaterCheck,    // NOT VALID
  LoneCheck      // NO INHERIT
};

struct Found {
  Mismatch kind;
  std::string what;   // the column or CHECK
  std::string other;  // the table
};

struct Merging {
  int server_version;
  bool partition;  // ATTACH; else INHERIT
};

/// The first one in which the server finds them; nothing where they fit, or the catalog does not
/// tell.
std::optional<Found> mismatch(catalog::Table const& parent, catalog::Table const& child,
                              Merging how);

}  // namespace bellows::rules::preconditions
