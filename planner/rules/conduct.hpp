#pragma once

#include "planner/sql/section_markers.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// Who runs a migration's file, and what of it shares a transaction. What is brief in one
/// transaction may hold a lock for long in another, and some statements run in none.
namespace bellows::rules {

enum class Sharing : std::uint8_t {
  AsNeeded,   // as bellows does: what can shares one; VALIDATE and what runs in none get their own
  Statement,  // none: each statement commits by itself, but between BEGIN and COMMIT
  Query,      // the file is one query: two statements or more share one, a single one has none
  File,       // the runner begins one for the file, with its own row of history in it
  Run         // the same for all files that a run finds
};

/// A program that runs migrations, as it goes about files of SQL.
struct Runner {
  std::string_view name;  // for --for
  std::string_view title;
  Sharing sharing = Sharing::File;
  /// A comment in the file (lower case, single spaces) after which `opted_out` holds; empty: none.
  std::string_view opt_out_comment{};
  Sharing opted_out = Sharing::Statement;
  /// What to type to have a file without a transaction; empty: there is no way.
  std::string_view opt_out{};
  /// Has no transaction where all statements of the file are of those that run in none.
  bool steps_out = false;
  /// Where files share one: what to type to have them not. Empty: there is nothing.
  std::string_view apart{};
  /// What runs without one where no file of SQL can. Empty: nothing.
  std::string_view beside_sql{};
  /// Whose section markers it reads; what stands behind others it runs.
  sql::Markers markers = sql::Markers::None;
  /// Where it wants the way back. Empty: it knows none.
  std::string_view way_back{};
};

/// All that are known. Source: their manuals, and for most of them runs of files made for it.
std::span<Runner const> runners();
/// nullptr: none of that name.
Runner const* runner_named(std::string_view name);
/// Whose file it is, by its name and the comments in it, as its author's tool wants them; nullptr:
/// nothing tells.
Runner const* runner_of(std::string_view file_name, std::string_view text);

/// How one file is run.
struct Conduct {
  Runner const* runner = nullptr;  // of runners(); nullptr: nobody has said, judged as by bellows
  Sharing sharing = Sharing::AsNeeded;

  bool by_bellows() const { return sharing == Sharing::AsNeeded; }
};
/// Of a file with this text: it may opt out.
Conduct conduct_of(Runner const& runner, std::string_view text);

/// "one transaction for each file", for people.
std::string_view in_words(Sharing sharing);

/// Where a statement has to stand to share no transaction with the others: "a migration of its
/// own", which is not enough where the files of a run share one.
std::string own_migration(Conduct const& conduct);

}  // namespace bellows::rules
