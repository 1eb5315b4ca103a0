#include "planner/rules/sequence/sequence.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::rules {

namespace {

/// ALTER SEQUENCE … AS bigint, later in the migration.
bool is_widened(std::span<Reviewed const> later, catalog::Catalog const& catalog,
                sql::QualifiedName const& sequence) {
  return std::ranges::any_of(later, [&](Reviewed const& reviewed) {
    auto const* other = std::get_if<sql::Other>(&reviewed.statement.body);
    bool const of_it = other != nullptr && reviewed.statement.kind == "ALTER SEQUENCE" &&
                       !other->relations.empty() &&
                       catalog.resolve(other->relations.front()) == sequence;
    std::vector<std::string> const words =
        of_it ? words_of(reviewed.statement) : std::vector<std::string>();
    return std::ranges::find(words, "BIGINT") != words.end() ||
           std::ranges::find(words, "INT8") != words.end();
  });
}

}  // namespace

/// An identity's sequence changes its type with the column; that of a serial does not.
std::vector<SequenceFinding> serial_sequence_type(Sequence const& sequence) {
  std::vector<SequenceFinding> found;
  each_command(sequence, [&](std::size_t at, sql::AlterTable const& alter,
                             sql::AlterTableCommand const& command) {
    catalog::Table const* table = sequence.catalog.table(alter.table);
    catalog::Column const* column = table == nullptr ? nullptr : table->column(command.name);
    bool const serial = command.action == sql::AlterAction::AlterType && column != nullptr &&
                        command.type.text == "bigint" && !column->sequences.empty() &&
                        column->identity == catalog::Identity::None;
    if (!serial || is_widened(sequence.statements.subspan(at + 1), sequence.catalog,
                              column->sequences.front())) {
      return;
    }
    std::string const name = column->sequences.front().display();
    found.push_back(
        {at,
         {"serial-sequence-type", Severity::Warning,
          fmt::format(
              "{} becomes bigint, but its sequence {} stays what it was made as: where that "
              "is integer, as serial makes it, inserts fail after 2147483647 all the same.",
              command.name.quoted(), name),
          fmt::format("ALTER SEQUENCE {} AS bigint, in the same migration.", name)}});
  });
  return found;
}

}  // namespace bellows::rules
