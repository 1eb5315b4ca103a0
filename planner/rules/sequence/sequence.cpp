#include "planner/rules/sequence/sequence.hpp"

namespace bellows::rules {

namespace {

constexpr SequenceRule rules_of_sequences[] = {
    {"validate-in-same-migration", validated_with_its_constraint},
    {"read-under-lock", read_under_lock},
    {"several-strong-locks", several_strong_locks},
    {"schema-and-data-together", ddl_and_data},
    {"enum-value-used-at-once", enum_value_used},
    {"concurrently-in-transaction", concurrently_in_transaction},
    {"check-rejects-old-rows", check_rejects_old_rows},
    {"cached-plans", row_type_changes},
};

}  // namespace

std::span<SequenceRule const> sequence_rules() {
  return rules_of_sequences;
}

bool is_strong(locks::Effect const& effect) {
  return !effect.on_new && locks::blocks_writes(effect.lock);
}

}  // namespace bellows::rules
