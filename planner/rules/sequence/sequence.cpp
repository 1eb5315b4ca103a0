#include "planner/rules/sequence/sequence.hpp"

#include "planner/rules/brackets.hpp"
#include "planner/sql/script.hpp"

#include <algorithm>
#include <cctype>

namespace bellows::rules {

namespace {

constexpr SequenceRule rules_of_sequences[] = {
    {"validate-in-same-migration", validated_with_its_constraint, Scope::Transaction},
    {"read-under-lock", read_under_lock, Scope::Transaction},
    {"wait-under-lock", wait_under_lock, Scope::Transaction},
    {"row-security-without-policy", row_security},
    {"published-without-key", published_without_key},
    {"several-strong-locks", several_strong_locks, Scope::Transaction},
    {"schema-and-data-together", ddl_and_data, Scope::Transaction},
    {"enum-value-used-at-once", enum_value_used, Scope::Transaction},
    {"concurrently-in-transaction", concurrently_in_transaction},
    {"check-rejects-old-rows", check_rejects_old_rows},
    {"identity-starts-at-one", identity_starts_at_one},
    {"section-marker", section_markers},
    {"cached-plans", row_type_changes},
    {"trigger-says-column", trigger_says_column},
    {"serial-sequence-type", serial_sequence_type},
    {"no-lock-timeout", no_lock_timeout},
    {"concurrently-under-lock-timeout", concurrently_under_lock_timeout},
    {"commits-for-the-runner", commits_for_the_runner},
    {"local-outside-transaction", local_outside_transaction},
};

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char one) { return static_cast<char>(std::toupper(one)); });
  return result;
}

}  // namespace

std::vector<std::string> words_of(sql::Statement const& statement) {
  std::vector<std::string> words;
  for (sql::Token const& token : sql::scan_script(statement.raw.text)) {
    if (token.kind == sql::Token::Kind::Word) {
      words.push_back(
          upper(std::string_view(statement.raw.text).substr(token.offset, token.length)));
    }
  }
  return words;
}

std::span<SequenceRule const> sequence_rules() {
  return rules_of_sequences;
}

bool is_bracketed(Sequence const& sequence) {
  return !sequence.statements.empty() && opens(sequence.statements.front().statement);
}

std::string earlier_one(Sequence const& sequence, std::size_t at) {
  return at < sequence.earlier.size() ? sequence.earlier[at] : "an earlier statement";
}

bool only_validates(sql::Statement const& statement) {
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  return alter != nullptr && !alter->commands.empty() &&
         std::ranges::all_of(alter->commands, [](sql::AlterTableCommand const& command) {
           return command.action == sql::AlterAction::ValidateConstraint;
         });
}

bool is_strong(locks::Effect const& effect) {
  return !effect.on_new && locks::blocks_writes(effect.lock);
}

}  // namespace bellows::rules
