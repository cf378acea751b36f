#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The published probe against the tools it replaces and against a bare receive loop, on generated state in namespaces of its own. As root.
# usage: tests/Bench/bench.sh PROBE [ROW...]      rows: start routes nft conntrack wireguard namespaces kernel-wireguard
#        Prints a table and writes artifacts/bench.json. BENCH_RUNS sets how often each is run (3); the medians count. BENCH_SCALE divides all sizes.
set -euo pipefail
cd "$(dirname "$0")/../.."
probe=$(realpath "$1")
shift
[ "$(id -u)" = 0 ] || { echo "bench: needs root, for network namespaces" >&2; exit 2; }
[ $# -gt 0 ] || set -- start routes nft conntrack wireguard namespaces kernel-wireguard
export probe runs=${BENCH_RUNS:-3} scale=${BENCH_SCALE:-1} here=$PWD/tests/Bench
out=$PWD/artifacts/bench bin=$PWD/artifacts/bench/bin
export out bin
mkdir -p "$bin"
for program in measure bare-loop bare-uapi conntrack-fill; do
  [ "$bin/$program" -nt "$here/$program.c" ] || gcc -O2 -o "$bin/$program" "$here/$program.c"
done
: >"$out/results"

# In a row: say WHO COMMAND... measures and files one result under the row's name.
say() { echo "$row $1 $("$bin/measure" "$runs" "${@:2}")" >>"$out/results"; }
facts() { say ours "$probe" facts --node bench --only "$@"; }
export -f say facts

row_start() {
  say ours "$probe" --version
  row=start-reading facts rules
}
row_routes() {
  ip link set lo up
  awk -v n=$((500000 / scale)) 'BEGIN {for (i = 0; i < n; i++) printf "route add 10.%d.%d.%d/32 dev lo table %d\n", i / 65536 % 256, i / 256 % 256, i % 256, 254 - (i % 10 == 0) * 154}' >"$out/batch"
  ip -batch "$out/batch"
  rm "$out/batch"
  say bare "$bin/bare-loop" routes4 routes6
  say tool ip route show table all
  facts routes
}
row_nft() {
  awk -v n=$((50000 / scale)) 'BEGIN {
    print "table inet bench {"
    for (c = 0; c < n / 10; c++) {
      print "chain c" c " {"
      for (r = 0; r < 10; r++) printf "ip daddr 10.%d.%d.%d tcp dport %d counter accept\n", c / 256, c % 256, r, 1 + (c * 10 + r) % 65535
      print "}"
    }
    print "chain in { type filter hook input priority 0; jump c0; }"
    print "}"
  }' | nft -f -
  say bare "$bin/bare-loop" nft-tables nft-chains nft-rules nft-sets
  say tool nft list ruleset
  facts netfilter
  # The same reading without the JSON of 50,000 rules: read, and asked about one packet.
  ip link set lo up
  ip address add 10.0.0.1/32 dev lo
  row=nft-explain say bare "$bin/bare-loop" nft-tables nft-chains nft-rules nft-sets
  row=nft-explain say tool nft list ruleset
  row=nft-explain say ours "$probe" explain-packet --from 10.0.0.1 --to 10.0.0.1 --dport 443
}
row_conntrack() {
  nft -f - <<<'table ip t { chain c { type filter hook input priority 0; ct state new accept; }; }'
  "$bin/conntrack-fill" $((1000000 / scale))
  say bare "$bin/bare-loop" conntrack
  say tool conntrack -L
  # A pass that its time limit cut would look fast.
  "$probe" facts --node bench --only conntrack-flows | grep -q '"complete": true' || { echo "bench: the pass over the table was cut" >&2; exit 1; }
  facts conntrack-flows
}
peers() { # a configuration of $1 peers with four AllowedIPs each
  awk -v n="$1" 'BEGIN {
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    srand(1)
    for (i = -1; i < n; i++) {
      key = ""
      for (k = 0; k < 42; k++) key = key substr(alphabet, int(rand() * 64) + 1, 1)
      if (i < 0) { print "[Interface]\nPrivateKey = " key "A="; continue }
      printf "[Peer]\nPublicKey = %sA=\nEndpoint = 192.0.2.%d:51820\nAllowedIPs = 10.%d.%d.0/24, 10.%d.%d.1/32, fd00:%x::/64, fd01:%x::1/128\n", \
        key, i % 250 + 1, i / 256, i % 256, 128 + i / 256, i % 256, i, i
    }
  }'
}
export -f peers
row_wireguard() {
  ip link set lo up
  WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD=1 wireguard-go bench0 >/dev/null 2>&1
  peers $((10000 / scale)) >"$out/conf"
  wg setconf bench0 "$out/conf"
  rm "$out/conf"
  say bare "$bin/bare-uapi" /var/run/wireguard/bench0.sock
  say tool wg show all dump
  facts userspace-wireguard --interface bench0
  ip link del bench0
}
row_namespaces() {
  n=$((5000 / scale))
  mount -t tmpfs none /run/netns 2>/dev/null || { mkdir -p /run/netns && mount -t tmpfs none /run/netns; }
  for ((i = 0; i < n; i++)); do ip netns add "bench$i"; done
  runs=1 say tool ip -all netns exec ip -br link
  facts namespaces
  umount -l /run/netns/* /run/netns 2>/dev/null || true
}
row_kernel_wireguard() { # instructions of the emulated machine, not seconds
  # shellcheck disable=SC2016
  { declare -f peers; echo "peers $((10000 / scale)) >/tmp/conf"; cat <<'VM'
ip link add wg0 type wireguard
wg setconf wg0 /tmp/conf
for who in "bare bare-loop wireguard:wg0" "tool wg show all dump" "ours kubewgdiag-probe facts --node vm --only wireguard"; do
  set -- $who
  name=$1; shift
  program=$(command -v "/opt/$1" || command -v "$1"); shift
  echo "$name $(/opt/measure 3 "$program" "$@")" >>/out/results
done
VM
  } | sed 's/^peers ()/peers()/' >"$out/script"
  tests/Lab/VirtualMachine/run.sh -o "$out/vm" "$out/script" "$probe" "$bin/measure" "$bin/bare-loop" >"$out/console"
  sed 's/^/kernel-wireguard /' "$out/vm/results" >>"$out/results"
}
for row in "$@"; do
  export row
  echo "bench: $row" >&2
  if [ "$row" = kernel-wireguard ]; then row_kernel_wireguard; continue; fi
  [ "$row" != conntrack ] || { max=/proc/sys/net/netfilter/nf_conntrack_max; before=$(cat $max); echo 2000000 >$max; }
  declare -f "row_$row" >"$out/row"
  unshare -m -n --propagation private bash -c '. "$out/row"; set -euo pipefail; "row_$row"'
  [ "$row" != conntrack ] || echo "$before" >"$max"
done
"$here/table.awk" "$out/results" "$out/../bench.json"
