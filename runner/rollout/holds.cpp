#include "runner/rollout/holds.hpp"

#include "batcher/postgres/failure.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace bellows::runner {
namespace {

std::string migration_of(std::string const& job) {
  return job.substr(0, job.find('/'));
}

/// The word behind `before`: "slot s1 retains …" → "s1".
std::string word_after(std::string_view text, std::string_view before) {
  auto const at = text.find(before);
  if (at == std::string_view::npos) {
    return "";
  }
  std::string_view const rest = text.substr(at + before.size());
  return std::string(rest.substr(0, rest.find_first_of(" ,()")));
}

std::string end_session(std::string const& pid) {
  return fmt::format("SELECT pg_terminate_backend({}) ends it", pid);
}

std::string drop_slot(std::string const& slot) {
  return fmt::format("SELECT pg_drop_replication_slot('{}'), if its consumer is gone for good",
                     slot);
}

std::string for_replicas(std::string const& why, std::string const&) {
  std::string const name = word_after(why, "replica ");
  return fmt::format(
      "bring it back, or let it catch up; if it may stay behind: end this run, then bellows resume "
      "--ignore-replicas {}",
      name.empty() ? "NAME" : name);
}

std::string for_slots(std::string const& why, std::string const&) {
  std::string const slot = word_after(why, "slot ");
  return "let its consumer catch up; or " + drop_slot(slot);
}

std::string for_snapshot(std::string const& why, std::string const&) {
  if (std::string const pid = word_after(why, "session "); !pid.empty()) {
    return end_session(pid);
  }
  if (std::string const gid = word_after(why, "prepared transaction "); !gid.empty()) {
    return fmt::format("ROLLBACK PREPARED {}, or COMMIT PREPARED {}", gid, gid);
  }
  if (std::string const slot = word_after(why, "slot "); !slot.empty()) {
    return drop_slot(slot);
  }
  return "end that query";
}

std::string for_archive(std::string const&, std::string const&) {
  return "see the server's log: why does archive_command fail, or lag?";
}

std::string for_checkpoints(std::string const&, std::string const& migration) {
  return fmt::format("raise max_wal_size, or bellows set {} wal-per-second=10MB", migration);
}

std::string for_window(std::string const&, std::string const&) {
  return "it goes on by itself; to go on now: end this run, then bellows resume --window ''";
}

std::string for_pause(std::string const&, std::string const&) {
  return "bellows resume";
}

std::string for_query(std::string const&, std::string const&) {
  return "see what your --throttle-query looks at";
}

std::string by_itself(std::string const&, std::string const&) {
  return "it goes on by itself";
}

/// What ends the holder is told with it.
std::string for_kept_rows(std::string const& why, std::string const&) {
  constexpr std::string_view before = "; to end it: ";
  auto const at = why.find(before);
  std::string const ends =
      at == std::string::npos ? "it goes on once that has ended" : why.substr(at + before.size());
  return fmt::format("{}; or end this run, then bellows resume --on-kept-rows go-on", ends);
}

std::string for_budget(std::string const&, std::string const&) {
  return "bellows set rows-per-second=N (or wal-per-second=N) changes what all jobs share";
}

std::string for_limit(std::string const&, std::string const& migration) {
  return fmt::format("bellows set {} rows-per-second=N (or wal-per-second=N) changes it",
                     migration);
}

/// By the names of the signals, of orders and of limits.
struct Advice {
  std::string_view kind;
  std::string (*next)(std::string const& why, std::string const& migration);
};
constexpr std::array advices{
    Advice{"replica lag", for_replicas},    Advice{"replication slots", for_slots},
    Advice{"archiving", for_archive},       Advice{"active sessions", by_itself},
    Advice{"checkpoints", for_checkpoints}, Advice{"oldest snapshot", for_snapshot},
    Advice{"autovacuum", by_itself},        Advice{"first look", by_itself},
    Advice{"time window", for_window},      Advice{"throttle query", for_query},
    Advice{"kept rows", for_kept_rows},     Advice{"orders", by_itself},
    Advice{"database budget", for_budget},  Advice{"rows per second", for_limit},
    Advice{"WAL per second", for_limit},    Advice{"paused", for_pause}};

std::string advice(std::string const& kind, std::string const& why, std::string const& migration) {
  auto const* const found = std::ranges::find(advices, kind, &Advice::kind);
  return (found == advices.end() ? by_itself : found->next)(why, migration);
}

/// "replication slots: slot s retains …": what is said as the reason begins with its kind.
std::string kind_in(std::string const& waiting_for) {
  return waiting_for.substr(0, waiting_for.find_first_of(":("));
}

}  // namespace

std::optional<Hold> hold_of(std::string const& job, batcher::Progress const& progress) {
  batcher::PaceState const& pace = progress.pace;
  if (waits_for_rows(progress)) {
    return row_lock(job, std::nullopt);
  }
  if (!pace.limited_by.empty() && (pace.duty <= 0 || progress.waiting_for.empty())) {
    return Hold{job, pace.limited_by, pace.limited_by + ": " + pace.why,
                advice(pace.limited_by, pace.why, migration_of(job)), pace.duty > 0};
  }
  if (std::string const kind = kind_in(progress.waiting_for); kind.ends_with(" per second")) {
    return Hold{job, kind, progress.waiting_for, for_limit("", migration_of(job)), true};
  }
  if (!progress.waiting_for.empty()) {
    return Hold{job, kind_in(progress.waiting_for), progress.waiting_for,
                "it is tried again by itself", false};
  }
  return std::nullopt;
}

bool waits_for_rows(batcher::Progress const& progress) {
  return progress.waiting_for.starts_with(postgres::to_string(postgres::FailureKind::LockTimeout));
}

Hold row_lock(std::string const& job, std::optional<ddl::Blocker> const& holder) {
  if (!holder) {
    return {job, "row lock", "a row is locked by another transaction", "", false};
  }
  return {job, "row lock",
          fmt::format("a row is locked, most likely by {}{}", ddl::who(*holder),
                      holder->query.empty() ? "" : "; its last statement: " + holder->query),
          holder->pid == 0 ? fmt::format("ROLLBACK PREPARED '{0}', or COMMIT PREPARED '{0}'",
                                         holder->application)
                           : end_session(std::to_string(holder->pid)),
          false};
}

Hold locked_table(std::string const& job, ddl::Blocker const& holder) {
  Hold hold = row_lock(job, holder);
  hold.kind = "table lock";
  hold.why = "the table is locked: " + ddl::describe(holder);
  return hold;
}

Hold table_lock(std::string const& job, ddl::Blocker const& holder) {
  Hold hold = row_lock(job, holder);
  hold.kind = "table lock";
  hold.why = "in the way of a lock that is asked for politely: " + ddl::describe(holder);
  return hold;
}

Hold older_transaction(std::string const& job, std::string const& who) {
  return {job, "older transaction", "it waits until this transaction ends: " + who,
          end_session(word_after(who, "pid ")), false};
}

Hold closed_gate(std::string const& job, std::string const& evidence) {
  return {job, "gate", "a gate is closed: " + evidence,
          "it opens by itself once no running application writes the old names", false};
}

}  // namespace bellows::runner
