#include "runner/cli/options.hpp"

namespace bellows::runner {
namespace {

constexpr std::string_view running = "up expand backfill contract resume abort";

/// A value that the commands which run something take.
constexpr OptionInfo while_running(std::string_view name, std::string_view fallback,
                                   std::string_view yaml, std::string_view value,
                                   std::string_view help) {
  return {name, 0, true, fallback, yaml, running, value, help};
}

constexpr std::string_view paced = "up expand backfill contract resume abort verify";

/// One that steers whatever goes through a table in batches.
constexpr OptionInfo in_batches(std::string_view name, std::string_view fallback,
                                std::string_view yaml, std::string_view value,
                                std::string_view help) {
  return {name, 0, true, fallback, yaml, paced, value, help};
}

}  // namespace

std::vector<OptionInfo> const& option_table() {
  static constexpr std::string_view connected =
      "up expand backfill contract resume abort pause set status verify snapshot check plan";
  static std::vector<OptionInfo> const table{
      {"help", 'h', false, "", "", "*", "", "what a command does and its options"},
      {"version", 0, false, "", "", "*", "", "print the version"},
      {"config", 'f', true, "", "", "*", "FILE", "another file than ./bellows.yaml"},
      {"explain-config", 0, false, "", "", "*", "", "print every setting and where it comes from"},
      {"quiet", 'q', false, "", "", "*", "", "no progress on stderr"},
      {"verbose", 'v', false, "", "", "*", "",
       "log what happens, with the server's process ids; of a dry run, statements in full"},
      {"database-url", 'd', true, "", "database_url", connected, "URL",
       "given to libpq as it is: a URI or key=value words; else DATABASE_URL, bellows.yaml, the "
       "PG* variables"},
      {"migrations", 'm', true, "migrations", "migrations", "*", "DIR", "where the .sql files are"},
      {"plans", 0, true, "plans", "plans", "*", "DIR", "where the plans are"},
      {"catalog", 0, true, "", "", "check plan", "FILE|DIR",
       "judge against a snapshot, a schema dump, or a directory of migrations"},
      {"server-version", 0, true, "15", "server_version", "check plan", "N",
       "the server's major version, where none is asked"},
      {"format", 0, true, "text", "", "check status verify", "text|json",
       "how to print the answer; check: also github or sarif"},
      {"fail-on", 0, true, "error", "check.fail_on", "check", "note|warning|error|never",
       "exit with 5 from this severity on; what is unknown counts as an error"},
      {"for", 0, true, "", "check.for", "check", "RUNNER",
       "who runs the files: bellows, psql, goose, …; else found by their markers"},
      {"changed-since", 0, true, "", "", "check plan", "REV",
       "only files that git finds changed or new since then"},
      {"check", 0, false, "", "", "plan", "",
       "write nothing: exit with 5 where a plan that is needed is missing or stale"},
      {"print", 0, false, "", "", "plan", "", "print the plan instead of writing it"},
      {"overwrite", 0, false, "", "", "plan", "",
       "make a plan anew although it was edited by hand"},
      {"output", 'o', true, "", "", "snapshot", "FILE", "write there instead of to stdout"},
      {"sizes", 0, false, "", "", "snapshot", "",
       "keep rows and bytes of the tables: check --catalog FILE then says how long they take"},
      {"release", 0, true, "", "", "up expand", "R",
       "the release that is being deployed: contracts what an earlier one expanded"},
      {"to", 0, true, "", "", "up", "MIGRATION", "up to and with this migration"},
      while_running("lock-wait", "60s", "lock_wait", "DURATION",
                    "wait for another bellows; 0: do not"),
      while_running("lock-budget", "60s", "locks.budget", "DURATION",
                    "ask for a strong lock for so long"),
      while_running("quiet-period", "60s", "gates.quiet", "DURATION",
                    "no write through the old side for so long, before contract"),
      while_running("gate-wait", "", "gates.wait", "DURATION",
                    "wait for a closed gate; default: the quiet period and 5 s"),
      {"force", 0, true, "", "", "contract", "GATE",
       "pass this gate although it is closed; needs --because"},
      {"because", 0, true, "", "", "contract abort up expand backfill", "TEXT",
       "the reason to do what is refused without one: --force, contract although rows differ, "
       "abort "
       "although something stays, another project's database, a file that ran under another name; "
       "kept in the history"},
      in_batches("batch-target", "250ms", "batch.target", "DURATION",
                 "server time that a batch should take"),
      while_running("batch-target-beside", "2ms", "batch.target_beside", "DURATION",
                    "the same while others write on the server; each batch then brings its WAL to "
                    "the disk itself; 0: no difference"),
      in_batches("batch-rows", "1000", "batch.rows", "N", "size of the first batch"),
      in_batches("batch-max-rows", "50000", "batch.max_rows", "N", "size of the largest batch"),
      in_batches("batch-pause", "0", "batch.pause", "DURATION", "pause between two batches"),
      while_running("lanes", "1", "batch.lanes", "N",
                    "connections that write at once, each in its own part of the keys; up to 64"),
      while_running("stripes", "0", "batch.stripes", "N",
                    "commits a key range, so that updates find room on their page; 0: chosen, 1: "
                    "whole ranges, fewer than 11: 11"),
      while_running("vacuum-share", "0.1", "batch.vacuum_share", "SHARE",
                    "VACUUM whenever this share of the rows has moved to another page; 0: never"),
      while_running("max-dead-letters", "", "batch.max_dead_letters", "N",
                    "rows that may fail and be set aside before the run ends; 0: none; default: "
                    "1000, or fewer where it looks as if the statement were wrong"),
      {"retry-dead-letters", 0, false, "", "", "backfill resume", "",
       "first try those rows again that earlier runs set aside"},
      in_batches("max-rows-per-second", "", "limits.rows_per_second", "N",
                 "rows of the key space a second, over all lanes"),
      in_batches("max-wal-per-second", "", "limits.wal_per_second", "BYTES",
                 "WAL that the server writes while batches run, a second: 20MB"),
      while_running("until", "", "", "TIME",
                    "stop at the next checkpoint then, with 12: 06:00, or '2026-03-01 06:00'"),
      in_batches("window", "", "limits.window", "TIMES",
                 "batches only at these times of the day: 22:00-06:00, several with commas"),
      in_batches("time-zone", "", "limits.time_zone", "ZONE",
                 "of --until and --window: Europe/Vienna; default: the server's"),
      in_batches("throttle", "on", "throttle.watch", "on|off",
                 "watch the server while batches run, and slow down or wait for it"),
      in_batches("max-replica-lag", "10s", "throttle.replica_lag", "DURATION",
                 "wait while a replica is so far behind; 0: do not look"),
      in_batches("max-replica-lag-bytes", "256MB", "throttle.replica_lag_bytes", "BYTES",
                 "the same in WAL; 0: do not look"),
      in_batches("ignore-replicas", "", "throttle.ignore_replicas", "NAMES",
                 "of these (application_name, with commas) the lag does not count"),
      in_batches(
          "max-slot-wal", "10GB", "throttle.slot_wal", "BYTES",
          "wait while a replication slot without a limit retains so much; one with a limit: three "
          "quarters of it; 0: do not look"),
      in_batches("max-archive-backlog", "1GB", "throttle.archive_backlog", "BYTES",
                 "wait while so much WAL is not archived; 0: do not look"),
      in_batches(
          "max-active-sessions", "0", "throttle.active_sessions", "N",
          "wait while so many others are at work; twice the server's cores is a good number; 0: do "
          "not look"),
      in_batches("min-checkpoint-gap", "10s", "throttle.checkpoint_gap", "DURATION",
                 "wait while checkpoints are forced more often than that; 0: do not look"),
      in_batches(
          "max-snapshot-age", "1h", "throttle.snapshot_age", "DURATION",
          "wait while a transaction, slot or standby keeps dead rows for so long; 0: do not look"),
      in_batches("on-kept-rows", "go-on", "throttle.kept_rows", "go-on|wait",
                 "what to do once a long transaction, slot or standby makes each written row take "
                 "new room; who it is, is said"),
      in_batches("on-autovacuum", "slow", "throttle.autovacuum", "ignore|slow|pause",
                 "what to do while autovacuum is at the table"),
      in_batches("throttle-query", "", "throttle.query", "SQL",
                 "asked every second: 1 or more (or true) waits, 0.5 to 1 slows; a second "
                 "column says why"),
      in_batches("throttle-grace", "10s", "throttle.grace", "DURATION",
                 "what cannot be read for so long counts as a reason to wait"),
      in_batches("max-hold", "", "throttle.max_hold", "DURATION",
                 "held for so long at a stretch: end with 12; default: wait for ever"),
      {"dry-run", 'n', false, "", "", "up backfill", "",
       "change nothing: tell what would run, and try backfills on a few rows that are rolled back"},
      while_running("events-format", "text", "events_format", "text|json",
                    "how to tell on stderr what happens; json: an object a line"),
      while_running(
          "metrics-listen", "", "metrics.listen", "[HOST:]PORT",
          "serve Prometheus metrics at http://HOST:PORT/metrics while it runs; HOST: 127.0.0.1"),
      while_running("metrics-file", "", "metrics.file", "FILE",
                    "the same as a text file, replaced every second"),
      {"watch", 'w', false, "", "", "status", "", "print it again every two seconds"},
      {"exit-code", 0, false, "", "", "status", "",
       "exit with 10 when something is pending, or a contract is owed"},
      {"no-color", 0, false, "", "", "*", "", "no colours (NO_COLOR works too)"},
  };
  return table;
}

}  // namespace bellows::runner
