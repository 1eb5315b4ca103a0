# SVG from curves.tsv (side, round, seconds, rows): rows done over time, of each side's first run.

BEGIN {
  FS = "\t"
  width = 760; height = 380; left = 70; right = 230; top = 20; bottom = 45
  split("1 2 5", nice, " ")
  split("#888888 #d62728 #ff9896 #9467bd #8c564b #17becf #1f77b4 #2ca02c", colours, " ")
}

$2 == 1 {
  if (!($1 in count)) { count[$1] = 1; t[$1, 1] = 0; r[$1, 1] = 0 }
  if ($4 <= r[$1, count[$1]]) next
  count[$1]++
  t[$1, count[$1]] = $3
  r[$1, count[$1]] = $4
  if ($3 > longest) longest = $3
}

function x(seconds) { return left + seconds / longest * (width - left - right) }
function y(done) { return height - bottom - done / rows * (height - top - bottom) }

# 1, 2 or 5 times a power of ten, at most eight of them.
function step_for(range,    step, k) {
  for (step = 1; ; step *= 10)
    for (k = 1; k <= 3; k++)
      if (range / (step * nice[k]) <= 8) return step * nice[k]
}

function text(px, py, anchor, what) {
  printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", px, py, anchor, what
}

END {
  if (longest == 0) exit
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n", width, height, width, height
  printf "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n<g stroke=\"#dddddd\">\n", width, height
  step = step_for(longest)
  for (s = 0; s <= longest; s += step) printf "<path d=\"M%.1f %d V%d\"/>\n", x(s), top, height - bottom
  for (p = 0; p <= 100; p += 20) printf "<path d=\"M%d %.1f H%d\"/>\n", left, y(rows * p / 100), width - right
  print "</g>\n<g fill=\"#333333\">"
  for (s = 0; s <= longest; s += step) text(x(s), height - bottom + 16, "middle", s " s")
  for (p = 0; p <= 100; p += 20) text(left - 8, y(rows * p / 100) + 4, "end", p " %")
  text((left + width - right) / 2, height - 8, "middle", "rows done over time, idle table")
  print "</g>"
  n = split(order, side, ",") - 1
  split(names, name, "|")
  for (i = 1; i <= n; i++) {
    s = side[i]
    if (!(s in count)) continue
    printf "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"", colours[i]
    every = int(count[s] / 400) + 1  # a point a pixel is enough
    for (k = 1; k <= count[s]; k++)
      if (k % every == 1 || every == 1 || k == count[s]) printf "%.1f,%.1f ", x(t[s, k]), y(r[s, k])
    print "\"/>"
    line++
    printf "<path stroke=\"%s\" stroke-width=\"2\" d=\"M%d %d h18\"/>\n", colours[i], width - right + 14, top + line * 20
    text(width - right + 38, top + line * 20 + 4, "start", name[i])
  }
  print "</svg>"
}
