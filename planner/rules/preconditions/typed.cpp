#include "planner/catalog/edit.hpp"
#include "planner/rules/preconditions/parts.hpp"

// Source: tablecmds.c, ATExecAddOf(), ATExecDropOf(), check_of_type().
namespace bellows::rules::preconditions {

namespace {

MaybeBreach is_not_typed(Facts const& facts) {
  Table const* table = is(facts, "NOT OF") ? facts.table() : nullptr;
  return table != nullptr && table->of_type.empty() ? std::optional(breach("")) : std::nullopt;
}

std::string type_of(Facts const& facts) {
  return is(facts, "OF") ? catalog::qualified_type(facts.catalog, facts.command->type)
                         : std::string();
}

MaybeBreach is_no_composite(Facts const& facts) {
  std::string const type = type_of(facts);
  bool const other =
      !type.empty() && (facts.catalog.domains.contains(type) || facts.catalog.enums.contains(type));
  return other ? std::optional(breach(type)) : std::nullopt;
}

MaybeBreach inherits_and_is_typed(Facts const& facts) {
  Table const* table = is(facts, "OF") ? facts.table() : nullptr;
  return table != nullptr && (!table->inherits.empty() || !table->partition_of.name.empty())
             ? std::optional(breach(""))
             : std::nullopt;
}

MaybeBreach differs_from_type(Facts const& facts) {
  auto const type = facts.catalog.composites.find(type_of(facts));
  Table const* table = facts.table();
  if (type == facts.catalog.composites.end() || table == nullptr || table->partial) {
    return std::nullopt;
  }
  std::vector<Column> const& wanted = type->second;
  for (std::size_t i = 0; i < std::max(wanted.size(), table->columns.size()); ++i) {
    Column const* column = i < table->columns.size() ? &table->columns[i] : nullptr;
    Column const* attribute = i < wanted.size() ? &wanted[i] : nullptr;
    bool const same = column != nullptr && attribute != nullptr &&
                      column->name == attribute->name && column->type == attribute->type &&
                      column->collation == attribute->collation;
    if (!same) {
      return breach((column != nullptr ? column : attribute)->name.quoted(), type->first);
    }
  }
  return std::nullopt;
}

constexpr Precondition typed_rows[] = {
    {"42809", is_not_typed, of::other_command, "{table} is no typed table", "Leave it out."},
    {"42809", is_no_composite, of::other_command, "{what} is no composite type", "Check the name."},
    {"42809", inherits_and_is_typed, of::other_command,
     "{table} inherits, and a typed table does not",
     "ALTER TABLE … NO INHERIT, or DETACH PARTITION, first."},
    {"42804", differs_from_type, of::other_command, "{what} is not alike in {table} and in {other}",
     "Give the table the columns of the type, in their order."},
};

}  // namespace

std::span<Precondition const> of_typed() {
  return typed_rows;
}

}  // namespace bellows::rules::preconditions
