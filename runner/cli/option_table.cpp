#include "runner/cli/options.hpp"

namespace bellows::runner {

std::vector<OptionInfo> const& option_table() {
  static constexpr std::string_view running = "up expand backfill contract resume abort";
  static constexpr std::string_view connected =
      "up expand backfill contract resume abort status snapshot check plan";
  static std::vector<OptionInfo> const table{
      {"help", 'h', false, "", "", "*", "", "what a command does and its options"},
      {"version", 0, false, "", "", "*", "", "print the version"},
      {"config", 'f', true, "", "", "*", "FILE", "another file than ./bellows.yaml"},
      {"explain-config", 0, false, "", "", "*", "", "print every setting and where it comes from"},
      {"quiet", 'q', false, "", "", "*", "", "no progress on stderr"},
      {"verbose", 'v', false, "", "", "*", "", "log what happens, with the server's process ids"},
      {"database-url", 'd', true, "", "database_url", connected, "URL",
       "given to libpq as it is: a URI or key=value words; else DATABASE_URL, bellows.yaml, the "
       "PG* variables"},
      {"migrations", 'm', true, "migrations", "migrations", "*", "DIR", "where the .sql files are"},
      {"plans", 0, true, "plans", "plans", "*", "DIR", "where the plans are"},
      {"catalog", 0, true, "", "", "check plan", "FILE|DIR",
       "judge against a snapshot, a schema dump, or a directory of migrations"},
      {"server-version", 0, true, "15", "server_version", "check plan", "N",
       "the server's major version, where none is asked"},
      {"format", 0, true, "text", "", "check status", "text|json",
       "how to print the answer; check: also github or sarif"},
      {"fail-on", 0, true, "error", "check.fail_on", "check", "note|warning|error|never",
       "exit with 5 from this severity on; what is unknown counts as an error"},
      {"changed-since", 0, true, "", "", "check", "REV",
       "judge only files that git finds changed or new since then"},
      {"print", 0, false, "", "", "plan", "", "print the plan instead of writing it"},
      {"output", 'o', true, "", "", "snapshot", "FILE", "write there instead of to stdout"},
      {"release", 0, true, "", "", "up expand", "R",
       "the release that is being deployed: contracts what an earlier one expanded"},
      {"to", 0, true, "", "", "up", "MIGRATION", "up to and with this migration"},
      {"lock-wait", 0, true, "60s", "lock_wait", running, "DURATION",
       "wait for another bellows; 0: do not"},
      {"lock-budget", 0, true, "60s", "locks.budget", running, "DURATION",
       "ask for a strong lock for so long"},
      {"quiet-period", 0, true, "60s", "gates.quiet", running, "DURATION",
       "no write through the old side for so long, before contract"},
      {"gate-wait", 0, true, "", "gates.wait", running, "DURATION",
       "wait for a closed gate; default: the quiet period and 5 s"},
      {"force", 0, true, "", "", "contract", "GATE",
       "pass this gate although it is closed; needs --because"},
      {"because", 0, true, "", "", "contract", "TEXT",
       "the reason for --force, kept in the history"},
      {"batch-target", 0, true, "250ms", "batch.target", running, "DURATION",
       "server time that a batch should take"},
      {"batch-rows", 0, true, "1000", "batch.rows", running, "N", "size of the first batch"},
      {"batch-max-rows", 0, true, "50000", "batch.max_rows", running, "N",
       "size of the largest batch"},
      {"batch-pause", 0, true, "0", "batch.pause", running, "DURATION",
       "pause between two batches"},
      {"lanes", 0, true, "1", "batch.lanes", running, "N",
       "connections that write at once, each in its own part of the keys; up to 64"},
      {"stripes", 0, true, "0", "batch.stripes", running, "N",
       "commits a key range, so that updates find room on their page; 0: chosen, 1: whole ranges"},
      {"vacuum-share", 0, true, "0.1", "batch.vacuum_share", running, "SHARE",
       "VACUUM whenever this share of the rows has moved to another page; 0: never"},
      {"exit-code", 0, false, "", "", "status", "", "exit with 10 when something is pending"},
      {"no-color", 0, false, "", "", "*", "", "no colours (NO_COLOR works too)"},
  };
  return table;
}

}  // namespace bellows::runner
