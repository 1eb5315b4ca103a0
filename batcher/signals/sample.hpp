#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What one look at a server found, as it said it. Values only; WAL positions are in bytes. Nothing
/// means that it could not be read, or that the server did not tell.
namespace bellows::batcher {

struct ReplicaSample {
  std::string name;                      // application_name, with the address where that is common
  std::optional<std::int64_t> replayed;  // position; nothing: hidden from our role
  std::optional<double> replay_lag;      // seconds, as the server measures it; may be an old one
};

struct SlotSample {
  std::string name;
  std::string status;                    // wal_status: reserved, extended, unreserved, lost
  std::optional<std::int64_t> retained;  // bytes of WAL kept for it
  std::optional<std::int64_t> safe;      // bytes until it is in danger; nothing: without a limit
};

struct ArchiverSample {
  bool on = false;
  std::string last;  // the last archived file's name; may be none, or a .history or .backup file
  std::int64_t segment_bytes = 0;
  bool failing = false;  // its last try failed
};

struct CheckpointSample {
  std::int64_t requested = 0;  // counters
  std::int64_t timed = 0;
  std::int64_t max_wal_bytes = 0;  // max_wal_size
};

/// Somebody who keeps dead rows from being removed.
struct HolderSample {
  std::string who;                // "session 4711 of reporting (pg_dump), idle in transaction"
  std::string id;                 // the same holder has the same one in the next sample
  std::string mark;               // its oldest transaction id; a new one is a new snapshot
  std::optional<double> seconds;  // it has been going on; nothing: only its transaction id is known
  std::string since = {};         // "2026-03-01 09:15:00"; empty: not known
  std::string ends_by = {};       // what to type to end it: "SELECT pg_terminate_backend(4711)"
};

struct VacuumSample {
  std::string phase;
  bool wraparound = false;
};

struct Sample {
  double now = 0;  // the server's clock, seconds of the epoch
  int second_of_day = 0;
  std::int64_t wal = 0;  // insert position
  bool standby = false;
  std::optional<std::vector<ReplicaSample>> replicas;
  std::optional<std::vector<SlotSample>> slots;
  std::optional<ArchiverSample> archiver;
  std::optional<int> active;  // sessions at work, ours not among them
  std::optional<CheckpointSample> checkpoints;
  std::optional<std::vector<HolderSample>> holders;
  std::optional<std::vector<VacuumSample>> vacuums;  // autovacuum at the job's table
};

}  // namespace bellows::batcher
