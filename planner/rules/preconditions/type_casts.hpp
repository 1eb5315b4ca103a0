#pragma once

#include "planner/catalog/model.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Which of PostgreSQL's own types become which (pg_cast, and every type's way to text and back).
/// Types as format_type() prints them; with a modifier or without is the same. Nothing where either
/// is not among the types that are known here: somebody else's may have casts of its own.
namespace bellows::rules::preconditions {

std::span<std::string_view const> known_types();

/// Without a USING that says how: an assignment cast.
std::optional<bool> is_assignable(std::string_view from, std::string_view to);

/// A foreign key of the one type can point to a key of the other: there is an "=" for it.
std::optional<bool> can_reference(std::string_view from, std::string_view key);

/// What a domain is in the end, without its modifier; any other type is itself.
std::string underlying_type(catalog::Catalog const& catalog, std::string_view type);

/// Said outright: CAST, `::`.
std::optional<bool> is_castable(std::string_view from, std::string_view to);

// The same of types that the catalog has, too: a domain is its base type, an enum or a composite
// type becomes text alone. Nothing where there may be casts of somebody's own.
std::optional<bool> is_assignable(catalog::Catalog const& catalog, std::string_view from,
                                  std::string_view to);
std::optional<bool> is_castable(catalog::Catalog const& catalog, std::string_view from,
                                std::string_view to);
std::optional<bool> can_reference(catalog::Catalog const& catalog, std::string_view from,
                                  std::string_view key);

}  // namespace bellows::rules::preconditions
