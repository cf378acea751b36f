#!/usr/bin/awk -f
# SPDX-License-Identifier: Apache-2.0
# Makes the table and the JSON rows of what bench.sh measured.  table.awk RESULTS JSON
function row(name, value, unit, aim, met) {
  rows = rows (rows == "" ? "" : ",\n  ") sprintf("{\"name\":\"%s\",\"value\":%s,\"unit\":\"%s\",\"aim\":\"%s\",\"met\":%s}", name, value, unit, aim, met)
}
function dash(text) { return text == "" ? "-" : text }
BEGIN { json = ARGV[2]; ARGC = 2 }
{
  if (!($1 in known)) { known[$1] = 1; names[++count] = $1 }
  for (i = 3; i <= NF; i++) { split($i, pair, "="); v[$1, $2, pair[1]] = pair[2] }
  if (v[$1, $2, "status"] != 0) { print "bench: " $1 " " $2 " ended with " v[$1, $2, "status"] > "/dev/stderr"; failed = 1 }
}
END {
  printf "%-18s %9s %9s %9s %8s %8s %9s %9s %9s\n", "", "bare cpu", "tool cpu", "ours cpu", "/bare", "/tool", "tool wall", "ours wall", "ours MiB"
  for (n = 1; n <= count; n++) {
    r = names[n]; bare = v[r, "bare", "cpu"]; tool = v[r, "tool", "cpu"]; ours = v[r, "ours", "cpu"]; mib = v[r, "ours", "rss"] / 1024
    perBare = "-"; if (bare > 0) perBare = sprintf("%.2f", ours / bare)
    perTool = "-"; if (tool > 0) perTool = sprintf("%.2f", ours / tool)
    printf "%-18s %9s %9s %9s %8s %8s %9s %9s %9.1f\n", r, dash(bare), dash(tool), ours, perBare, perTool, dash(v[r, "tool", "wall"]), v[r, "ours", "wall"], mib
    row(r ".cpu", ours, "s", "", "null")
    if (bare > 0) row(r ".cpu-per-bare-loop", sprintf("%.3f", ours / bare), "ratio", "<= 1.3", ours / bare <= 1.3 ? "true" : "false")
    if (tool > 0) {
      row(r ".cpu-per-tool", sprintf("%.3f", ours / tool), "ratio", "< 1", ours < tool ? "true" : "false")
      row(r ".wall-per-tool", sprintf("%.3f", v[r, "ours", "wall"] / v[r, "tool", "wall"]), "ratio", "< 1", v[r, "ours", "wall"] < v[r, "tool", "wall"] ? "true" : "false")
    }
    row(r ".resident", sprintf("%.1f", mib), "MiB", "<= 64", mib <= 64 ? "true" : "false")
  }
  print "{\"rows\":[\n  " rows "\n]}" > json
  exit failed
}
