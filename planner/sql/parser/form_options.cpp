#include "planner/sql/parser/forms.hpp"

// Options by their commands: VacuumStmt's in vacuum.c, and so on; tried on servers of each version.
namespace bellows::sql {

namespace {

constexpr OptionRow option_table[] = {
    {T_CreateRangeStmt, "multirange_type_name", {"MULTIRANGE_TYPE_NAME", 14}},
    {T_CreatedbStmt, "strategy", {"STRATEGY", 15}},
    {T_CreatedbStmt, "locale_provider", {"LOCALE_PROVIDER", 15}},
    {T_CreatedbStmt, "icu_locale", {"ICU_LOCALE", 15}},
    {T_CreatedbStmt, "collation_version", {"COLLATION_VERSION", 15}},
    {T_CreatedbStmt, "oid", {"OID", 15}},
    {T_CreatedbStmt, "icu_rules", {"ICU_RULES", 16}},
    {T_CreatedbStmt, "builtin_locale", {"BUILTIN_LOCALE", 17}},
    {T_DefineStmt, "rules", {"RULES of a collation", 16}},
    {T_VacuumStmt, "process_toast", {"PROCESS_TOAST", 14}},
    {T_VacuumStmt, "process_main", {"PROCESS_MAIN", 16}},
    {T_VacuumStmt, "skip_database_stats", {"SKIP_DATABASE_STATS", 16}},
    {T_VacuumStmt, "only_database_stats", {"ONLY_DATABASE_STATS", 16}},
    {T_VacuumStmt, "buffer_usage_limit", {"BUFFER_USAGE_LIMIT", 16}},
    {T_ExplainStmt, "generic_plan", {"GENERIC_PLAN", 16}},
    {T_ExplainStmt, "serialize", {"SERIALIZE", 17}},
    {T_ExplainStmt, "memory", {"MEMORY", 17}},
    {T_CopyStmt, "default", {"DEFAULT of COPY", 16}},
    {T_CopyStmt, "on_error", {"ON_ERROR", 17}},
    {T_CopyStmt, "log_verbosity", {"LOG_VERBOSITY", 17}},
    {T_CopyStmt, "reject_limit", {"REJECT_LIMIT", 18}},
    {T_CreatePublicationStmt, "publish_generated_columns", {"publish_generated_columns", 18}},
    {T_AlterPublicationStmt, "publish_generated_columns", {"publish_generated_columns", 18}},
    {T_CreateSubscriptionStmt, "binary", {"binary of a subscription", 14}},
    {T_CreateSubscriptionStmt, "streaming", {"streaming of a subscription", 14}},
    {T_CreateSubscriptionStmt, "two_phase", {"two_phase of a subscription", 15}},
    {T_CreateSubscriptionStmt, "disable_on_error", {"disable_on_error", 15}},
    {T_CreateSubscriptionStmt, "origin", {"origin of a subscription", 16}},
    {T_CreateSubscriptionStmt, "password_required", {"password_required", 16}},
    {T_CreateSubscriptionStmt, "run_as_owner", {"run_as_owner", 16}},
    {T_CreateSubscriptionStmt, "failover", {"failover of a subscription", 17}},
    {T_AlterSubscriptionStmt, "binary", {"binary of a subscription", 14}},
    {T_AlterSubscriptionStmt, "streaming", {"streaming of a subscription", 14}},
    {T_AlterSubscriptionStmt, "disable_on_error", {"disable_on_error", 15}},
    {T_AlterSubscriptionStmt, "origin", {"origin of a subscription", 16}},
    {T_AlterSubscriptionStmt, "password_required", {"password_required", 16}},
    {T_AlterSubscriptionStmt, "run_as_owner", {"run_as_owner", 16}},
    {T_AlterSubscriptionStmt, "failover", {"failover of a subscription", 17}},
    {T_AlterSubscriptionStmt, "two_phase", {"two_phase of a subscription", 18}},
};

}  // namespace

std::span<OptionRow const> option_rows() {
  return option_table;
}

}  // namespace bellows::sql
