#pragma once

#include "planner/rules/review.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Hazards that no statement has alone: what the statements of one migration do to each other.
/// They share a transaction where they can, so a lock taken by one is held until the last is done.
namespace bellows::rules {

/// The migration, each statement reviewed alone; `catalog` as the last one leaves it. What a
/// statement met is in its effects.
struct Sequence {
  std::span<Reviewed const> statements;
  catalog::Catalog const& catalog;
  Conduct conduct{};
  /// Whose the first statements are, one for each: of earlier files of the same run, which have
  /// been told of already. Most often there are none.
  std::span<std::string const> earlier{};
};

struct SequenceFinding {
  std::size_t statement;  // the one that it is reported at
  Finding finding;
};

/// What a rule looks at: all of a file, or one transaction of it (brackets.hpp).
enum class Scope : std::uint8_t { File, Transaction };

struct SequenceRule {
  std::string_view id;
  std::vector<SequenceFinding> (*recognise)(Sequence const&);
  Scope scope = Scope::File;
};

std::span<SequenceRule const> sequence_rules();

// One file each:
std::vector<SequenceFinding> validated_with_its_constraint(Sequence const& sequence);
std::vector<SequenceFinding> read_under_lock(Sequence const& sequence);
std::vector<SequenceFinding> wait_under_lock(Sequence const& sequence);
std::vector<SequenceFinding> row_security(Sequence const& sequence);
std::vector<SequenceFinding> published_without_key(Sequence const& sequence);
std::vector<SequenceFinding> several_strong_locks(Sequence const& sequence);
std::vector<SequenceFinding> ddl_and_data(Sequence const& sequence);
std::vector<SequenceFinding> enum_value_used(Sequence const& sequence);
std::vector<SequenceFinding> concurrently_in_transaction(Sequence const& sequence);
std::vector<SequenceFinding> check_rejects_old_rows(Sequence const& sequence);
std::vector<SequenceFinding> identity_starts_at_one(Sequence const& sequence);
std::vector<SequenceFinding> section_markers(Sequence const& sequence);
std::vector<SequenceFinding> row_type_changes(Sequence const& sequence);
std::vector<SequenceFinding> trigger_says_column(Sequence const& sequence);
std::vector<SequenceFinding> serial_sequence_type(Sequence const& sequence);
std::vector<SequenceFinding> no_lock_timeout(Sequence const& sequence);
std::vector<SequenceFinding> concurrently_under_lock_timeout(Sequence const& sequence);
std::vector<SequenceFinding> commits_for_the_runner(Sequence const& sequence);
std::vector<SequenceFinding> local_outside_transaction(Sequence const& sequence);

/// It adds a column to a table that is in use, and has no graver finding: SELECT * returns more.
bool adds_to_select_star(Reviewed const& reviewed);

/// The statements stand between BEGIN and COMMIT, which begin and end them.
bool is_bracketed(Sequence const& sequence);

/// What the statement is called by those behind it: "an earlier statement", or the other file.
std::string earlier_one(Sequence const& sequence, std::size_t at);

/// VALIDATE CONSTRAINT and nothing else: it gets a transaction of its own, outside of brackets.
bool only_validates(sql::Statement const& statement);

/// The relation that is locked such that others wait: not new, and writes blocked at least.
bool is_strong(locks::Effect const& effect);

/// The words of a statement that parses, in upper case: keywords and unquoted names.
std::vector<std::string> words_of(sql::Statement const& statement);

/// Each sub-command of an ALTER TABLE, with the statement that it is in.
template <typename Visit>
void each_command(Sequence const& sequence, Visit visit) {
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    auto const* alter = std::get_if<sql::AlterTable>(&sequence.statements[at].statement.body);
    if (alter == nullptr) {
      continue;
    }
    for (sql::AlterTableCommand const& command : alter->commands) {
      visit(at, *alter, command);
    }
  }
}

}  // namespace bellows::rules
