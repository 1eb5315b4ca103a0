#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/locks/mode.hpp"
#include "planner/sql/identifier.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// Who holds what we want. Reads pg_locks and pg_stat_activity, which every role may; of other
/// roles' sessions only pid and locks are seen without pg_read_all_stats (manual, 28.2.3).
namespace bellows::ddl {

struct LockRequest {
  sql::QualifiedName table;
  locks::Mode mode = locks::Mode::AccessExclusive;
};

struct Blocker {
  int pid = 0;  // 0: a prepared transaction, which no session owns
  std::string user;
  std::string application;  // of a prepared transaction: its gid
  std::string state;        // "active", "idle in transaction" …; empty where we may not see it
  std::string query;        // the first 80 characters of its last statement
  std::optional<std::chrono::milliseconds> open_for;  // age of its transaction, where we may see it
  std::string table;                                  // the first of ours that it holds
  bool autovacuum = false;
  bool autovacuum_wraparound = false;  // does not give way to us (manual, 25.1.6)
};

/// Holders of locks that conflict with a request, oldest transaction first. Waits for nothing.
std::vector<Blocker> find_blockers(postgres::Session& session,
                                   std::vector<LockRequest> const& requests);

/// Who is in the way of that server process, which waits for a lock: also whoever only stands in
/// the queue before it. Empty: it does not wait.
std::vector<Blocker> find_blockers_of(postgres::Session& session, int pid);

/// "pid 4711 (user app, pg_dump, active, transaction open for 12 min)"
std::string who(Blocker const& blocker);

/// "pid 4711 (user app, pg_dump, active, transaction open for 12 min) holds public.users: COPY …"
std::string describe(Blocker const& blocker);

/// "850 ms", "12 s", "3 min", "5 h".
std::string describe(std::chrono::milliseconds time);

/// "public.users ACCESS EXCLUSIVE, public.orders SHARE"
std::string describe(std::vector<LockRequest> const& requests);

}  // namespace bellows::ddl
