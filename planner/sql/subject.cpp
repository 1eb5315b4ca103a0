#include "planner/sql/subject.hpp"

#include <variant>

namespace bellows::sql {

Subjects subject_of(Statement const& statement, AlterTableCommand const* command) {
  return command != nullptr ? of::action(command->action)
                            : of::body(static_cast<std::uint32_t>(statement.body.index()));
}

Subjects subjects_of(Statement const& statement, AlterTableCommand const* command) {
  Subjects subjects = subject_of(statement, command);
  auto const* alter = std::get_if<AlterTable>(&statement.body);
  if (alter != nullptr && command == nullptr) {
    for (AlterTableCommand const& one : alter->commands) {
      subjects = subjects | of::action(one.action);
    }
  }
  for (Statement const& part : statement.within) {
    subjects = subjects | subject_of(part, nullptr);
  }
  return subjects;
}

}  // namespace bellows::sql
