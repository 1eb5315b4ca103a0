#pragma once

#include "planner/sql/statement.hpp"

#include <cstdint>

/// What statements are about, told by their types alone. Whoever has many questions to ask of each
/// statement keeps them by subject, and asks those that can concern it: few of them.
namespace bellows::sql {

/// A set of them: a bit for each alternative of Statement::body, and for each AlterAction.
enum class Subjects : std::uint32_t {};

constexpr Subjects operator|(Subjects a, Subjects b) {
  return static_cast<Subjects>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr bool meet(Subjects a, Subjects b) {
  return (static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(b)) != 0;
}

/// The one of a statement, or of a sub-command of an ALTER TABLE.
Subjects subject_of(Statement const& statement, AlterTableCommand const* command);
/// Those of a statement with all that it consists of; or of the sub-command alone, where one is
/// given.
Subjects subjects_of(Statement const& statement, AlterTableCommand const* command);

namespace of {

constexpr std::uint32_t bodies = 12;
static_assert(std::variant_size_v<decltype(Statement::body)> == bodies);

constexpr Subjects body(std::uint32_t index) {
  return static_cast<Subjects>(1U << index);
}
constexpr Subjects action(AlterAction action) {
  return static_cast<Subjects>(1U << (bodies + static_cast<std::uint32_t>(action)));
}

inline constexpr Subjects create_table = body(0);
inline constexpr Subjects create_index = body(1);
inline constexpr Subjects drop = body(2);
inline constexpr Subjects rename_column = body(3);
inline constexpr Subjects rename_object = body(4);
inline constexpr Subjects update = body(6);
inline constexpr Subjects data = body(7);
inline constexpr Subjects create_trigger = body(8);
inline constexpr Subjects domain_change = body(9);
inline constexpr Subjects other = body(10);
inline constexpr Subjects unparsed = body(11);

inline constexpr Subjects add_column = action(AlterAction::AddColumn);
inline constexpr Subjects drop_column = action(AlterAction::DropColumn);
inline constexpr Subjects set_default = action(AlterAction::SetDefault);
inline constexpr Subjects drop_default = action(AlterAction::DropDefault);
inline constexpr Subjects set_not_null = action(AlterAction::SetNotNull);
inline constexpr Subjects drop_not_null = action(AlterAction::DropNotNull);
inline constexpr Subjects alter_type = action(AlterAction::AlterType);
inline constexpr Subjects add_constraint = action(AlterAction::AddConstraint);
inline constexpr Subjects drop_constraint = action(AlterAction::DropConstraint);
inline constexpr Subjects validate_constraint = action(AlterAction::ValidateConstraint);
inline constexpr Subjects add_identity = action(AlterAction::AddIdentity);
inline constexpr Subjects drop_identity = action(AlterAction::DropIdentity);
inline constexpr Subjects drop_expression = action(AlterAction::DropExpression);
inline constexpr Subjects set_expression = action(AlterAction::SetExpression);
inline constexpr Subjects attach_partition = action(AlterAction::AttachPartition);
inline constexpr Subjects detach_partition = action(AlterAction::DetachPartition);
inline constexpr Subjects other_command = action(AlterAction::Other);

inline constexpr Subjects anything = static_cast<Subjects>(~0U);
inline constexpr Subjects alter_table = body(5) | static_cast<Subjects>(~0U << bodies);

static_assert(static_cast<std::uint32_t>(AlterAction::DetachPartition) + bodies < 32);

}  // namespace of

}  // namespace bellows::sql
