#pragma once

#include "batcher/postgres/session.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// Who has the lease (lease.hpp), for those who look from elsewhere: from the lock and the row that
/// its runner keeps up to date. Reads; throws Failure.
namespace bellows::runner {

/// The lock that a runner holds as long as it works.
inline constexpr std::int64_t lock_key = 0x62656c6c6f7773;  // "bellows"

struct Holder {
  bool said_who = true;  // else the lock has just been taken, and nothing below is known
  std::int64_t pid = 0;
  std::string host;
  std::string command;          // "up"
  std::string since;            // "12:04:31"
  std::int64_t seconds = 0;     // since its last sign of life
  std::int64_t server_pid = 0;  // the server process that holds the lock; 0: it is gone by now
  bool silent = false;          // it has missed its signs of life: stopped, or its host is gone
};

/// Nothing: nobody holds the lock right now.
std::optional<Holder> read_holder(postgres::Session& session);

/// A runner that the server's restart has taken the lock from. It takes it again by itself, in less
/// than a second, unless it is gone as well.
struct LostHolder {
  std::int64_t pid = 0;
  std::string host;
  std::string command;
  std::string since;
  std::int64_t seconds = 0;  // since its last sign of life
};
/// Nothing: somebody holds the lock, or the server has not just come back, or the last run had told
/// its end before.
std::optional<LostHolder> read_lost_holder(postgres::Session& session);

/// "its connection was lost with the server's restart, 3 s ago or less; it may be reconnecting: pid
/// 4711 on web-3, `bellows up` since 12:04:31"
std::string in_words(LostHolder const& lost);

/// "pid 4711 on web-3, `bellows up` since 12:04:31, last sign of life 2 s ago, server process
/// 8123"; of one that is silent, that first: "no sign of life for 14 s: …".
std::string in_words(Holder const& holder);

/// What to do about a runner that is silent; its server processes, those that a successor would
/// wait for, by their pids. Empty where it is alive.
std::string how_to_end(postgres::Session& session, Holder const& holder);

/// The two of whoever holds it, where nobody may any more.
std::string describe_holder(postgres::Session& session);
std::string how_to_end_holder(postgres::Session& session);

}  // namespace bellows::runner
