#include "planner/rules/repack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// Source: repack.c of 19; tried on 19~rc1 with writers, readers and snapshots beside it. It holds
// SHARE UPDATE EXCLUSIVE, waits before the first row for every transaction that has an id
// (SnapBuildWaitSnapshot(); in other databases as well, another REPACK among them), and asks for
// ACCESS EXCLUSIVE when the copy has caught up. The copy's rows are its own transaction's, so that
// no older snapshot sees them.
namespace bellows::rules {

namespace {

bool on_new_table(Question const& question) {
  return std::ranges::any_of(question.effects.relations,
                             [](locks::Effect const& effect) { return effect.on_new; });
}

std::optional<Finding> repacks(Question const& question) {
  bool const asks =
      question.statement.kind == "REPACK CONCURRENTLY" && !question.effects.targets.empty();
  if (!asks || on_new_table(question)) {
    return std::nullopt;
  }
  std::string const table = question.effects.targets.front().display();
  return Finding{
      "repack-concurrently", Severity::Warning,
      fmt::format(
          "{} is read and written while it is copied; at the end everybody waits behind an ACCESS "
          "EXCLUSIVE lock, which itself waits for every query of the table that is running. A "
          "transaction whose snapshot is older than that (REPEATABLE READ) and that reads the "
          "table only then finds no rows in it, without an error.",
          table),
      "Run it when no transaction is long, in any database of the server: it begins when all that "
      "have written have ended, and a lock_timeout throws the copy away. Then say so: -- bellows: "
      "allow repack-concurrently because …"};
}

bool has_other_way(Question const& question) {
  constexpr std::array<std::string_view, 3> kinds{"VACUUM FULL", "CLUSTER", "REPACK"};
  bool const whole = std::ranges::find(kinds, question.statement.kind) == kinds.end();
  return !whole && question.catalog.server_version >= 19 && !question.effects.targets.empty();
}

}  // namespace

Rule const repack_concurrently{"repack-concurrently", repacks, nullptr};

std::string repacked_beside(Question const& question) {
  if (!has_other_way(question)) {
    return "";
  }
  return fmt::format(
      "REPACK (CONCURRENTLY) {}, alone in its migration: it wants a primary key or REPLICA "
      "IDENTITY "
      "USING INDEX, and a moment without long queries at its end (`bellows explain "
      "repack-concurrently`).",
      question.effects.targets.front().quoted());
}

}  // namespace bellows::rules
