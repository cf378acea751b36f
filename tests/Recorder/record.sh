#!/usr/bin/env bash
# Records what the kernels answer in the mixed state into tests/fixtures/netlink/SERIES: 6.1 and 6.12 in the virtual machine, "here" this
# machine's own kernel in a fresh network namespace (as root), under its series' name.
# usage: tests/Recorder/record.sh [6.1|6.12|here]...
set -euo pipefail
cd "$(dirname "$0")/../.."
fixtures=$PWD/tests/fixtures/netlink
recorder=$PWD/artifacts/publish/recorder/kubewgdiag-recorder
eng/dotnet-quiet.sh publish tests/Recorder -c Release -r linux-x64 -o "$(dirname "$recorder")" -p:RunAnalyzers=false
[ $# -gt 0 ] || set -- 6.1 6.12 here
for series in "$@"; do
  if [ "$series" = here ]; then
    target=$fixtures/$(uname -r | cut -d. -f1,2)
    mkdir -p "$target"
    unshare -n sh -c 'sh "$1/mixed-state.sh" "$1" && "$2" "$3" mixed-state.sh' sh "$fixtures" "$recorder" "$target"
  else
    tests/Lab/VirtualMachine/run.sh -k "$series" -p "nft conntrack tc" -o "$fixtures/$series" tests/Recorder/in-machine.sh \
      "$fixtures/mixed-state.sh" "$fixtures/nasty-namespace.sh" "$recorder" | sed -n '/vm: begin/,$p'
  fi
done
