#pragma once

#include "planner/catalog/model.hpp"

#include <string_view>

/// What a snapshot calls the model's enums: for the two halves of it, and for nobody else.
namespace bellows::catalog {

inline constexpr int snapshot_format = 1;

template <typename Value>
struct Word {
  Value value;
  std::string_view text;
};

inline constexpr Word<TableKind> table_kinds[] = {
    {TableKind::Table, "table"},     {TableKind::Partitioned, "partitioned"},
    {TableKind::View, "view"},       {TableKind::MaterializedView, "materialized-view"},
    {TableKind::Foreign, "foreign"},
};
inline constexpr Word<Identity> identities[] = {
    {Identity::None, "none"},
    {Identity::Always, "always"},
    {Identity::ByDefault, "by-default"},
};
inline constexpr Word<ReplicaIdentity> replica_identities[] = {
    {ReplicaIdentity::Default, "default"},
    {ReplicaIdentity::Nothing, "nothing"},
    {ReplicaIdentity::Full, "full"},
    {ReplicaIdentity::Index, "index"},
};
inline constexpr Word<ConstraintKind> constraint_kinds[] = {
    {ConstraintKind::Check, "check"},
    {ConstraintKind::NotNull, "not-null"},
    {ConstraintKind::Unique, "unique"},
    {ConstraintKind::PrimaryKey, "primary-key"},
    {ConstraintKind::ForeignKey, "foreign-key"},
    {ConstraintKind::Exclude, "exclude"},
};

inline constexpr Word<DependentKind> dependent_kinds[] = {
    {DependentKind::View, "view"},         {DependentKind::MaterializedView, "materialized-view"},
    {DependentKind::Rule, "rule"},         {DependentKind::Policy, "policy"},
    {DependentKind::Trigger, "trigger"},   {DependentKind::Publication, "publication"},
    {DependentKind::Function, "function"},
};

inline constexpr Word<sql::TriggerTime> trigger_times[] = {
    {sql::TriggerTime::Before, "before"},
    {sql::TriggerTime::After, "after"},
    {sql::TriggerTime::InsteadOf, "instead-of"},
};
inline constexpr Word<Firing> firings[] = {
    {Firing::Origin, "origin"},
    {Firing::Replica, "replica"},
    {Firing::Always, "always"},
    {Firing::Never, "never"},
};
inline constexpr Word<sql::Volatility> volatilities[] = {
    {sql::Volatility::Volatile, "volatile"},
    {sql::Volatility::Stable, "stable"},
    {sql::Volatility::Immutable, "immutable"},
};

}  // namespace bellows::catalog
