#pragma once

#include "batcher/postgres/session.hpp"
#include "batcher/signals/gauges.hpp"

#include <string>
#include <utility>
#include <vector>

namespace bellows::batcher {

/// Asks a server how it is, in one short transaction a look; PostgreSQL 13 to 18. What our role may
/// not see is left out for good, and told. One thread.
class Sampler {
 public:
  /// What is looked at; also the signals' names for people.
  static constexpr char const* replicas = "replica lag";
  static constexpr char const* slots = "replication slots";
  static constexpr char const* archive = "archiving";
  static constexpr char const* activity = "active sessions";
  static constexpr char const* checkpoints = "checkpoints";
  static constexpr char const* horizon = "oldest snapshot";
  static constexpr char const* autovacuum = "autovacuum";

  /// `wanted`: of these. `relations`: the job's table or its partitions, an oid[] literal.
  Sampler(std::vector<std::string> wanted, std::string relations, std::string time_zone);

  /// Throws postgres::Failure; the session may be dead then.
  Sample look(postgres::Session& session);
  /// Since the last call: what is not looked at any more, and why, with what to grant.
  std::vector<std::pair<std::string, std::string>> take_refused();

 private:
  void begin_with(postgres::Session& session);
  void refuse_what_fails(postgres::Session& session);
  void refuse(std::string const& name, std::string why);
  std::string query(postgres::Session const& session) const;

  std::vector<std::string> wanted_;
  std::string relations_;
  std::string time_zone_;
  std::vector<std::pair<std::string, std::string>> refused_;
  bool begun_ = false;
};

/// Server processes of this database that wait for a lock which one of `pids` holds, ours left out:
/// pairs of (who waits, for whom).
std::vector<std::pair<int, int>> waiting_for(postgres::Session& session,
                                             std::vector<int> const& pids);

/// The user's own query, read-only and for a second at most: its first column is a utilisation, or
/// true (hold) and false; a second one says why. Whatever else it answers is unknown.
SignalReading ask(postgres::Session& session, std::string const& query);

}  // namespace bellows::batcher
