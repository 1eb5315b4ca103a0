# Markdown from curves.tsv (side, round, seconds, rows) and batch.tsv (idle …, loaded …), in this order.
# Medians, lowest and highest in brackets where there is more than one.

BEGIN { FS = "\t" }

function sort_numbers(a, n,    i, j, t) {
  for (i = 2; i <= n; i++)
    for (j = i; j > 1 && a[j - 1] + 0 > a[j] + 0; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
}

# `text`: numbers with spaces between them.
function median(text,    a, n) {
  n = split(text, a, " ")
  sort_numbers(a, n)
  return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
}

function grouped(number,    text, out) {
  text = sprintf("%.0f", number)
  while (length(text) > 3) { out = "," substr(text, length(text) - 2) out; text = substr(text, 1, length(text) - 3) }
  return text out
}

function shown(number, form) { return form == "," ? grouped(number) : sprintf(form, number) }

function cell(text, form, spread,    a, n) {
  n = split(text, a, " ")
  if (n == 0) return "–"
  sort_numbers(a, n)
  if (n == 1 || !spread) return shown(median(text), form)
  return shown(median(text), form) " (" shown(a[1], form) " to " shown(a[n], form) ")"
}

# --- progress: how the last tenth of the rows compares with the first

function crossing(run, wanted,    i, part) {
  for (i = 1; i <= points[run]; i++)
    if (done[run, i] >= wanted) {
      part = done[run, i] - done[run, i - 1]
      return at[run, i - 1] + (part > 0 ? (wanted - done[run, i - 1]) / part : 1) * (at[run, i] - at[run, i - 1])
    }
  return at[run, points[run]]
}

# The clock starts where the first rows are seen, so that connecting and planning count for nobody.
function tenths(run,    all, from, begin, first, last) {
  all = done[run, points[run]]
  if (points[run] < 10) return ""
  from = done[run, 1]
  begin = at[run, 1]
  first = crossing(run, from + all / 10) - begin
  last = at[run, points[run]] - crossing(run, all * 0.9)
  return last > 0 ? first / last : ""
}

FILENAME ~ /curves/ {
  run = $1 SUBSEP $2
  if (!(run in points)) { done[run, 0] = 0; at[run, 0] = 0 }
  if (points[run] > 0 && $4 <= done[run, points[run]]) next
  points[run]++
  at[run, points[run]] = $3
  done[run, points[run]] = $4
  next
}

$1 == "idle" {
  if ($3 < rows) cut[$2] = sprintf("%d", 100 * $3 / rows)
  speed[$2] = speed[$2] " " $3 / $4
  wal[$2] = wal[$2] " " $5
  if ($6 != "-") { heap[$2] = heap[$2] " " $6; index_growth[$2] = index_growth[$2] " " $7 }
  memory[$2] = memory[$2] " " $8
  next
}

$1 == "loaded" {
  p50[$2] = p50[$2] " " $4
  p99[$2] = p99[$2] " " $5
  worst[$2] = worst[$2] " " $6
}

END {
  n = split(order, side, ",") - 1
  split(names, name, "|")
  for (run in points) {
    split(run, part, SUBSEP)
    ratio = tenths(run)
    if (ratio != "") tenth[part[1]] = tenth[part[1]] " " ratio
  }
  printf "%s rows, four indexes, full pages; medians of %d runs on an idle table, lowest and highest in brackets; of %d runs beside a load. %s. ", \
    grouped(rows), repeat, loaded, machine
  printf "Cores kept busy by others: %s of the machine's.\n\n", noise
  print "| | rows/s | WAL, bytes/row | heap, % | indexes, % | last tenth / first | client, MiB |"
  print "|---|---|---|---|---|---|---|"
  for (i = 1; i <= n; i++) {
    s = side[i]
    if (!(s in speed)) continue
    printf "| %s%s | %s | %s | %s | %s | %s | %s |\n", name[i], s in cut ? " †" : "", cell(speed[s], ",", 1), cell(wal[s], ","), \
      cell(heap[s], "+%.0f"), cell(index_growth[s], "+%.0f"), cell(tenth[s], "%.2f"), cell(memory[s], "%.0f")
  }
  for (i = 1; i <= n; i++)
    if (side[i] in cut) printf "\n† %s: one run, cut off after %d s with %d %% of the rows done.\n", name[i], slow_limit, cut[side[i]]
  if ("update" in speed)
    for (i = 1; i <= n; i++)
      if ((s = side[i]) ~ /lane/ && s in speed)
        printf "\n%s against the plain UPDATE: %.2f× the rows/s, %.2f× the WAL.\n", name[i], \
          median(speed[s]) / median(speed["update"]), median(wal[s]) / median(wal["update"])
  if (!("alone" in p99)) exit
  printf "\nWhat an application beside it feels: %s, each a read and a write by key in the same table; milliseconds from when a transaction was due.\n\n", load
  print "| | p50 | p99 | largest | p99 / alone |"
  print "|---|---|---|---|---|"
  printf "| the load alone | %s | %s | %s | 1.00 |\n", cell(p50["alone"], "%.1f"), cell(p99["alone"], "%.1f", 1), cell(worst["alone"], "%.0f")
  if ("busy" in p99)
    printf "| a program that computes, without the database | %s | %s | %s | %.2f |\n", cell(p50["busy"], "%.1f"), cell(p99["busy"], "%.1f", 1), cell(worst["busy"], "%.0f"), median(p99["busy"]) / median(p99["alone"])
  for (i = 1; i <= n; i++) {
    s = side[i]
    if (s in p99)
      printf "| %s | %s | %s | %s | %.2f |\n", name[i], cell(p50[s], "%.1f"), cell(p99[s], "%.1f", 1), cell(worst[s], "%.0f"), median(p99[s]) / median(p99["alone"])
  }
}
