#pragma once

#include "planner/sql/migration.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bellows::runner {

/// What a verdict or a plan rests on: where the schema comes from, what of it was replayed, and
/// what of that bellows could not follow. To be said beside every verdict. Plain values.
struct Basis {
  enum class Source : std::uint8_t { Nothing, Migrations, Snapshot, Script, Database };
  /// A statement whose effect on the schema is not known: no SQL of this grammar, or code that its
  /// text does not show (DO, CALL, an extension).
  struct Unfollowed {
    std::string file;
    int line = 0;
    std::string what;  // its kind
    bool operator==(Unfollowed const&) const = default;
  };

  Source source = Source::Nothing;
  std::string name{};        // the directory, the file, the database
  std::size_t replayed = 0;  // migrations
  std::string last{};        // of them
  std::vector<Unfollowed> unfollowed{};
  std::size_t copies = 0;              // COPY … FROM stdin, whose rows were passed over
  std::vector<std::string> remarks{};  // on the database, beside its schema: a sentence each
  bool operator==(Basis const&) const = default;
};

std::string_view to_string(Basis::Source source);

/// Notes what is replayed of a file.
void note(Basis& basis, sql::Migration const& migration);
void note(Basis& basis, std::string const& file, sql::Statement const& statement);

/// One line, or more, for people; `checked` files rest on it, each on what comes before it.
std::vector<std::string> in_words(Basis const& basis, std::size_t checked);

}  // namespace bellows::runner
