#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bellows::sql {

/// A name as PostgreSQL stores it: already folded and unquoted, any bytes but NUL.
/// SQL is only ever made from `quoted()`, so a hostile name cannot leave its quotes.
class Identifier {
 public:
  Identifier() = default;
  explicit Identifier(std::string raw) : raw_(std::move(raw)) {}
  Identifier(Identifier const&);
  Identifier(Identifier&&) noexcept = default;
  Identifier& operator=(Identifier const&);
  Identifier& operator=(Identifier&&) noexcept = default;
  ~Identifier() = default;

  std::string const& raw() const { return raw_; }
  bool empty() const { return raw_.empty(); }

  /// `users` stays `users`; everything else (capitals, spaces, keywords of any kind) is put in
  /// double quotes, as PostgreSQL's quote_identifier() does.
  std::string quoted() const;

  std::strong_ordering operator<=>(Identifier const&) const;
  bool operator==(Identifier const&) const = default;

 private:
  std::string raw_;
};

/// A relation, type or function, with its schema where one was given (empty: left to search_path).
struct QualifiedName {
  Identifier schema;
  Identifier name;

  std::string quoted() const;
  /// For people and as a key: `public.users`, quoted where SQL would need it.
  std::string display() const { return quoted(); }
  std::strong_ordering operator<=>(QualifiedName const&) const;
  bool operator==(QualifiedName const&) const = default;
};

/// The schema of what CREATE TEMPORARY makes, by the name under which every session has its own.
inline constexpr std::string_view temporary_schema = "pg_temp";

/// 'it''s': a string constant that is safe whatever standard_conforming_strings says.
std::string quote_literal(std::string_view text);

/// Reads `public.users`, `"Odd Name"`, `a."b.c"` back; throws std::invalid_argument on anything
/// else.
QualifiedName parse_qualified_name(std::string_view text);

/// NAMEDATALEN - 1: PostgreSQL cuts longer names silently (manual, 4.1.1), and two long names may
/// then be one.
inline constexpr std::size_t max_identifier_bytes = 63;

/// `stem` when it fits; else cut at a character's border and ended with `_` + 8 hex digits of the
/// whole stem's hash, so that different stems stay different within 63 bytes.
Identifier bounded_name(std::string_view stem);

}  // namespace bellows::sql

extern template class std::vector<bellows::sql::Identifier>;
extern template class std::vector<bellows::sql::QualifiedName>;
