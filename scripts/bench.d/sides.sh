# shellcheck shell=bash
# The sides of `scripts/bench batch`: ways to set note = name in every row. Sourced, not run.
#
# side_NAME works in the database `sample` until it is done or has been told to end (SIGTERM to the
# process whose id it writes to $work/client). It may note its progress: "epoch rows" lines in
# $work/progress. Those that don't are watched from outside (watch_NAME), or are one transaction.

side_names=(update guide guide-paused plpgsql pgroll whole one-lane two-lanes)
declare -A label=(
  [update]="one plain UPDATE"
  [guide]="a guide's loop, without its pause"
  [guide-paused]="a guide's loop, 100 ms pause"
  [plpgsql]="PL/pgSQL loop, 10,000 rows a COMMIT"
  [pgroll]="pgroll, one column added"
  [whole]="bellows, stripes off"
  [one-lane]="bellows"
  [two-lanes]="bellows, two lanes"
)
# Each batch of these looks for its rows from the table's beginning: time grows with its square.
declare -A quadratic=([guide]=1 [guide-paused]=1)

available() {  # SIDE
  case $1 in
    pgroll) command -v pgroll >/dev/null ;;
    *) return 0 ;;
  esac
}

# COMMAND as the client that is measured; ends when it ends.
client() {
  "$@" &
  local pid=$!
  echo "$pid" >"$work/client"
  wait "$pid"
}

side_update() { client psql -X -q -d "$DATABASE_URL" -c 'UPDATE customers SET note = name'; }

# As guides for Node.js have it; psql is asked for one batch after the other.
guide_loop() (  # PAUSE in seconds; empty: none
  trap '' PIPE  # psql may be told to end
  exec 2>/dev/null
  coproc PSQL { exec psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$DATABASE_URL"; }
  exec {to}>&"${PSQL[1]}" {from}<&"${PSQL[0]}"
  echo "$PSQL_PID" >"$work/client"
  batch="UPDATE customers SET note = name WHERE note IS NULL AND id IN
           (SELECT id FROM customers WHERE note IS NULL LIMIT 1000);"
  done=0
  while printf '%s\n\\echo :ROW_COUNT\n' "$batch" >&"$to" && read -r rows <&"$from"; do
    [ "$rows" -gt 0 ] || exit 0  # all done: psql ends with its input
    done=$((done + rows))
    echo "$EPOCHREALTIME $done" >>"$work/progress"
    [ -z "$1" ] || sleep "$1"
  done
  exit 1
)
side_guide() { guide_loop ''; }
side_guide_paused() { guide_loop 0.1; }

side_plpgsql() {
  client psql -X -q -d "$DATABASE_URL" -v VERBOSITY=terse -c "
    DO \$\$
    DECLARE last bigint := (SELECT max(id) FROM customers); done bigint := 0; batch bigint;
    BEGIN
      FOR low IN 0 .. last BY 10000 LOOP
        UPDATE customers SET note = name WHERE id > low AND id <= low + 10000;
        GET DIAGNOSTICS batch = ROW_COUNT;
        done := done + batch;
        COMMIT;
        RAISE INFO '% %', extract(epoch FROM clock_timestamp()), done;
      END LOOP;
    END \$\$" 2> >(sed -u -n 's/^INFO:  //p' >>"$work/progress")
}

# It has no backfill of a column that is there: it adds one, with a trigger, and fills that.
side_pgroll() {
  client pgroll --postgres-url "$DATABASE_URL&sslmode=disable" start "$work/pgroll/fill_note.json" >"$work/client.log" 2>&1
}
prepare_pgroll() {
  mkdir -p "$work/pgroll"
  printf '%s\n' '{"operations": [{"add_column": {"table": "customers", "up": "name",
    "column": {"name": "note2", "type": "text", "nullable": true}}}]}' >"$work/pgroll/fill_note.json"
  pgroll --postgres-url "$DATABASE_URL&sslmode=disable" init >/dev/null 2>&1
}

up() { (cd "$work/project" && client "$bellows_program" up -q "$@" >"$work/client.log" 2>&1); }
side_whole() { up --stripes 1; }
side_one_lane() { up; }
side_two_lanes() { up --lanes 2; }
