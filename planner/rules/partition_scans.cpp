#include "planner/locks/conditions.hpp"
#include "planner/locks/partitions.hpp"
#include "planner/rules/hazard_signs.hpp"
#include "planner/rules/partition_checks.hpp"
#include "planner/rules/partitions.hpp"

#include <fmt/format.h>

#include <algorithm>

// Source: manual, ALTER TABLE, ATTACH PARTITION; 5.11.2.2 Partition Maintenance.
namespace bellows::rules {

namespace {

using catalog::Table;
using signs::Sign;
using sql::PartitionBounds;
using sql::QualifiedName;

std::string joined(std::vector<QualifiedName> const& names) {
  std::vector<std::string> texts;
  texts.reserve(names.size());
  for (QualifiedName const& name : names) {
    texts.push_back(name.display());
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

bool is_new(Sign const& sign, QualifiedName const& name) {
  Table const* table = sign.question.catalog.table(name);
  return table != nullptr && table->is_new;
}

/// Why ATTACH goes through the rows of the table, and what spares it.
Finding attach_finding(Sign const& sign, Table const& parent, Table const& table) {
  Finding finding{std::string(attach_scan.id), Severity::Error, "", ""};
  PartitionBounds const& bounds = *locks::bounds_of(sign.facts);
  std::string const name = table.name.display();
  auto const missing = locks::missing_indexes(parent, table);
  std::vector<QualifiedName> const keys = locks::related::referenced_anew(sign.facts);
  if (!locks::tells_inside(parent, table, bounds)) {
    finding.message = fmt::format(
        "Reads and writes of {} wait while every row is looked at, to see "
        "that it belongs to the partition.",
        joined(locks::related::attached_and_read(sign.facts)));
    finding.remedy = check_that_spares(parent, table, bounds, true, attach_scan.id);
  } else if (!missing.empty()) {
    finding.message = fmt::format(
        "Reads and writes of {} wait while an index like {} of {} is "
        "built on it.",
        name, missing.front()->name.quoted(), parent.name.display());
    finding.remedy =
        "CREATE INDEX CONCURRENTLY, in a migration of its own before; behind a "
        "constraint, the constraint as well (ADD … USING INDEX).";
  } else {
    finding.message = fmt::format(
        "Reads and writes of {}, and writes to {}, wait while the foreign "
        "key of {} is checked for every row.",
        name, joined(keys), parent.name.display());
    finding.remedy =
        "Add the foreign key to the table NOT VALID, and VALIDATE it in a migration "
        "of its own, before it is attached.";
  }
  return finding;
}

std::optional<Finding> recognise_attach(Question const& question) {
  for (Sign const& sign : signs::signs_of(question)) {
    Table const* parent = locks::partitioned_parent(sign.facts);
    bool const attaches = sign.facts.command != nullptr &&
                          sign.facts.command->action == sql::AlterAction::AttachPartition;
    Table const* table = attaches ? question.catalog.table(sign.facts.command->other) : nullptr;
    if (parent == nullptr || table == nullptr || table->is_new ||
        locks::related::attached_and_read(sign.facts).empty()) {
      continue;
    }
    return attach_finding(sign, *parent, *table);
  }
  return std::nullopt;
}

std::optional<Finding> recognise_default(Question const& question) {
  for (Sign const& sign : signs::signs_of(question)) {
    Table const* parent = locks::partitioned_parent(sign.facts);
    PartitionBounds const* bounds = locks::bounds_of(sign.facts);
    if (parent == nullptr || bounds == nullptr || !locks::conditions::makes_table(sign.facts)) {
      continue;
    }
    std::vector<QualifiedName> read = locks::related::default_and_read(sign.facts);
    std::erase_if(read, [&](QualifiedName const& name) { return is_new(sign, name); });
    if (!read.empty()) {
      QualifiedName const partition = locks::related::default_partition(sign.facts).front();
      std::string const whole = partition.display();
      bool const all = sign.facts.command == nullptr;  // CREATE TABLE … PARTITION OF
      return Finding{std::string(default_partition_scan.id), Severity::Error,
                     fmt::format("Reads and writes of {} wait while every row of {} is looked at, "
                                 "to see that none belongs to the new partition.",
                                 all ? "all of " + parent->name.display() : whole, joined(read)),
                     check_that_spares(*parent, *question.catalog.table(partition), *bounds, false,
                                       default_partition_scan.id)};
    }
  }
  return std::nullopt;
}

}  // namespace

Rule const attach_scan{"attach-scan", recognise_attach, nullptr};
Rule const default_partition_scan{"default-partition-scan", recognise_default, nullptr};

}  // namespace bellows::rules
