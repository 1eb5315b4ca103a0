#include "planner/rules/preconditions/parts.hpp"

#include <cstdlib>

// Source: reloptions.c, intRelOpts[], relOpts of each access method; tablecmds.c,
// ATSimplePermissions(); indexcmds.c, ReindexTable(), ReindexRelationConcurrently(); tablecmds.c,
// ExecuteTruncateGuts().
namespace bellows::rules::preconditions {

namespace {

// --- SET (…) ---

/// The table of the index that an ALTER INDEX names; null where it is not known.
Table const* owner_of_index(Facts const& facts) {
  bool const asks = facts.alter != nullptr && facts.alter->on == sql::ObjectKind::Index;
  return asks ? facts.catalog.table_of_index(facts.catalog.resolve(facts.alter->table)) : nullptr;
}

Index const* altered_index(Facts const& facts) {
  Table const* owner = owner_of_index(facts);
  return owner == nullptr ? nullptr : owner->index(facts.catalog.resolve(facts.alter->table).name);
}

MaybeBreach sets_of_partitioned_index(Facts const& facts) {
  Table const* owner = is(facts, "SET OPTIONS") ? owner_of_index(facts) : nullptr;
  return owner != nullptr && owner->kind == TableKind::Partitioned
             ? std::optional(breach(facts.alter->table.display()))
             : std::nullopt;
}

MaybeBreach has_no_fillfactor(Facts const& facts) {
  Index const* index = is(facts, "SET OPTIONS") ? altered_index(facts) : nullptr;
  bool const without = index != nullptr && (index->method == "gin" || index->method == "brin");
  return without && has(facts.command->options, std::string("fillfactor"))
             ? std::optional(breach("fillfactor", index->method))
             : std::nullopt;
}

struct Limits {
  std::string_view option;
  double low;
  double high;
};

constexpr Limits limits[] = {
    {"fillfactor", 10, 100},
    {"parallel_workers", 0, 1024},
    {"autovacuum_vacuum_threshold", 0, 2147483647},
    {"autovacuum_analyze_threshold", 0, 2147483647},
    {"autovacuum_vacuum_scale_factor", 0, 100},
    {"autovacuum_analyze_scale_factor", 0, 100},
    {"autovacuum_vacuum_cost_limit", 1, 10000},
    {"autovacuum_vacuum_cost_delay", 0, 100},
};

MaybeBreach is_out_of_bounds(Facts const& facts) {
  if (!is(facts, "SET OPTIONS") || (facts.table() == nullptr && altered_index(facts) == nullptr)) {
    return std::nullopt;
  }
  auto const& command = *facts.command;
  for (std::size_t i = 0; i < std::min(command.options.size(), command.option_values.size()); ++i) {
    auto const* found = std::ranges::find(limits, command.options[i], &Limits::option);
    char* end = nullptr;
    double const value = std::strtod(command.option_values[i].c_str(), &end);
    bool const number = !command.option_values[i].empty() && *end == '\0';
    if (found != std::end(limits) && number && (value < found->low || value > found->high)) {
      return breach(command.options[i], command.option_values[i]);
    }
  }
  return std::nullopt;
}

/// Of a table; those of an index depend on its method.
MaybeBreach has_no_option(Facts const& facts) {
  constexpr std::string_view names[] = {
      "fillfactor", "parallel_workers", "toast_tuple_target",  "user_catalog_table",
      "oids",       "vacuum_truncate",  "vacuum_index_cleanup"};
  constexpr std::string_view beginnings[] = {"autovacuum_", "log_auto", "vacuum_", "toast."};
  Table const* table = is(facts, "SET OPTIONS") && facts.alter->on == sql::ObjectKind::Table
                           ? facts.table()
                           : nullptr;
  if (table == nullptr || table->kind != TableKind::Table) {
    return std::nullopt;
  }
  for (std::string const& option : facts.command->options) {
    bool const known = std::ranges::find(names, std::string_view(option)) != std::end(names) ||
                       std::ranges::any_of(beginnings, [&](std::string_view beginning) {
                         return option.starts_with(beginning);
                       });
    if (!known) {
      return breach(option);
    }
  }
  return std::nullopt;
}

// --- REINDEX, TRUNCATE ONLY ---

MaybeBreach reindexes_view(Facts const& facts) {
  bool const asks = facts.statement.kind.starts_with("REINDEX TABLE");
  Table const* table = asks ? facts.table() : nullptr;
  bool const other =
      table != nullptr && (table->kind == TableKind::View || table->kind == TableKind::Foreign);
  return other ? std::optional(breach(table->name.display())) : std::nullopt;
}

MaybeBreach reindexes_exclusion(Facts const& facts) {
  auto const* body =
      facts.statement.kind == "REINDEX INDEX CONCURRENTLY" ? facts.body<sql::Other>() : nullptr;
  if (body == nullptr || body->relations.empty()) {
    return std::nullopt;
  }
  QualifiedName const name = facts.catalog.resolve(body->relations.front());
  Table const* owner = facts.catalog.table_of_index(name);
  auto const excludes = [&](Constraint const& one) {
    return one.kind == ConstraintKind::Exclude && one.index == name.name;
  };
  return owner != nullptr && std::ranges::any_of(owner->constraints, excludes)
             ? std::optional(breach(name.display()))
             : std::nullopt;
}

/// 13 passes over a partitioned table with a warning, but not over its index.
MaybeBreach reindexes_the_whole(Facts const& facts) {
  bool const asks = facts.statement.kind.starts_with("REINDEX INDEX");
  auto const* body = asks ? facts.body<sql::Other>() : nullptr;
  if (body == nullptr || body->relations.empty()) {
    return std::nullopt;
  }
  QualifiedName const name = facts.catalog.resolve(body->relations.front());
  Table const* owner = facts.catalog.table_of_index(name);
  return owner != nullptr && owner->kind == TableKind::Partitioned
             ? std::optional(breach(name.display()))
             : std::nullopt;
}

MaybeBreach clusters_the_whole(Facts const& facts) {
  Table const* table = facts.statement.kind == "CLUSTER" ? facts.table() : nullptr;
  return table != nullptr && table->kind == TableKind::Partitioned
             ? std::optional(breach(table->name.display()))
             : std::nullopt;
}

MaybeBreach truncates_only_the_whole(Facts const& facts) {
  auto const* body =
      facts.statement.kind.starts_with("TRUNCATE") ? facts.body<sql::DataStatement>() : nullptr;
  Table const* table = body != nullptr && body->writes.size() == 1
                           ? facts.catalog.table(body->writes.front())
                           : nullptr;
  return table != nullptr && table->kind == TableKind::Partitioned &&
                 says_only(facts.statement.raw.text)
             ? std::optional(breach(table->name.display()))
             : std::nullopt;
}

constexpr Precondition options_rows[] = {
    {"42809", sets_of_partitioned_index, of::other_command,
     "{what} is a partitioned index, which holds nothing",
     "Set it on the index of each partition."},
    {"22023", has_no_fillfactor, of::other_command, "an index by {other} has no {what}",
     "Leave it out."},
    {"22023", has_no_option, of::other_command, "a table has no parameter {what}",
     "Check the name."},
    {"22023", is_out_of_bounds, of::other_command, "{other} is out of the bounds of {what}",
     "Give a value that the manual allows: a fillfactor is 10 to 100."},
    {"42809", reindexes_view, of::other, "{what} holds no rows",
     "Name the table, or a materialized view."},
    {"0A000", reindexes_exclusion, of::other,
     "{what} is an exclusion constraint's index, and those are not built concurrently",
     "REINDEX INDEX {what}, while nobody writes."},
    {"0A000", reindexes_the_whole, of::other,
     "{what} is a partitioned index, which 13 does not build anew",
     "REINDEX INDEX CONCURRENTLY that of each partition.", 0, 13},
    {"0A000", clusters_the_whole, of::other, "{what} is partitioned, which is clustered from 15 on",
     "CLUSTER each partition.", 0, 14},
    {"42809", truncates_only_the_whole, of::data,
     "{what} is partitioned, and holds no rows of its own",
     "Leave out ONLY, or TRUNCATE one of its partitions."},
};

}  // namespace

std::span<Precondition const> of_options() {
  return options_rows;
}

}  // namespace bellows::rules::preconditions
