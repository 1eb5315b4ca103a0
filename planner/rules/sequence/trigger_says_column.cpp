#include "planner/catalog/name_users.hpp"
#include "planner/rules/sequence/sequence.hpp"

#include <fmt/core.h>

namespace bellows::rules {

namespace {

using catalog::NameUser;
using catalog::Says;

std::string function_of(NameUser const& user) {
  return user.trigger->function.quoted() + "()";
}

std::string trigger_of(NameUser const& user) {
  return fmt::format("trigger {} on {}", user.trigger->name.quoted(), user.relation.display());
}

std::string said(NameUser const& user, sql::Identifier const& column) {
  switch (user.says) {
    case Says::Argument:
      return fmt::format("{} gives {} the name {} as an argument", trigger_of(user),
                         function_of(user), column.quoted());
    case Says::Row:
      return fmt::format("{} of {} says NEW.{} or OLD.{}", function_of(user), trigger_of(user),
                         column.quoted(), column.quoted());
    case Says::Word:
      return fmt::format("{} of {} says {}", function_of(user), trigger_of(user), column.quoted());
    case Says::Unread:
      break;
  }
  return fmt::format("it depends on what {} of {} does, which cannot be read here",
                     function_of(user), trigger_of(user));
}

std::string remedy(NameUser const& user, sql::RenameColumn const& rename, int server_version) {
  if (user.says == Says::Unread) {
    return fmt::format(
        "See that it does not use {} by that name, then say so: -- bellows: allow "
        "trigger-says-column because …",
        rename.from.quoted());
  }
  std::string const trigger = user.trigger->name.quoted();
  std::string const trigger_again =
      server_version < 14 ? fmt::format("DROP TRIGGER {0} and CREATE TRIGGER {0}", trigger)
                          : fmt::format("CREATE OR REPLACE TRIGGER {}", trigger);
  std::string const again = user.says == Says::Argument
                                ? trigger_again
                                : fmt::format("CREATE OR REPLACE FUNCTION {}", function_of(user));
  return fmt::format(
      "Put {} with {} into this file: `bellows plan` makes it part of the last moment; until it is "
      "replaced, contract stays closed.",
      again, rename.to.quoted());
}

Finding finding(NameUser const& user, sql::RenameColumn const& rename, int server_version) {
  bool const certain = user.says == Says::Argument || user.says == Says::Row;
  return {
      .rule = "trigger-says-column",
      .severity = certain ? Severity::Error : Severity::Warning,
      .message = fmt::format(
          "{}: PostgreSQL does not change that with the column, and once {} is gone every write "
          "that fires it {}.",
          said(user, rename.from), rename.from.quoted(), certain ? "fails" : "may fail"),
      .remedy = remedy(user, rename, server_version)};
}

}  // namespace

/// Asked of the catalog that the whole file leaves: what it replaces itself is no matter.
std::vector<SequenceFinding> trigger_says_column(Sequence const& sequence) {
  std::vector<SequenceFinding> found;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    auto const* rename = std::get_if<sql::RenameColumn>(&sequence.statements[at].statement.body);
    catalog::Table const* table =
        rename == nullptr ? nullptr : sequence.catalog.table(rename->table);
    bool const is_table = table != nullptr && !table->is_new &&
                          (table->kind == catalog::TableKind::Table ||
                           table->kind == catalog::TableKind::Partitioned);
    if (!is_table) {
      continue;
    }
    for (NameUser const& user : name_users(sequence.catalog, *table, rename->from)) {
      found.push_back({at, finding(user, *rename, sequence.catalog.server_version)});
    }
  }
  return found;
}

}  // namespace bellows::rules
