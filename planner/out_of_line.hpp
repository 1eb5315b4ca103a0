#pragma once

/// A value with many members: what copies, moves and destroys it is compiled once, beside it,
/// instead of in each of the hundred files that hold one. In the class: BELLOWS_OUT_OF_LINE(Type);
/// in one source: BELLOWS_DEFAULTED(Type). Such a type has members with defaults and is no
/// aggregate.
// NOLINTBEGIN(bugprone-macro-parentheses): Type is a name
#define BELLOWS_OUT_OF_LINE(Type)   \
  Type();                           \
  Type(Type const&);                \
  Type(Type&&) noexcept;            \
  Type& operator=(Type const&);     \
  Type& operator=(Type&&) noexcept; \
  ~Type()
#define BELLOWS_DEFAULTED(Type)                     \
  Type::Type() = default;                           \
  Type::Type(Type const&) = default;                \
  Type::Type(Type&&) noexcept = default;            \
  Type& Type::operator=(Type const&) = default;     \
  Type& Type::operator=(Type&&) noexcept = default; \
  Type::~Type() = default
// NOLINTEND(bugprone-macro-parentheses)
