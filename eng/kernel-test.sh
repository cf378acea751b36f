#!/usr/bin/env bash
# Every fault on the kernel's own WireGuard, on a stock Debian kernel in an emulated machine. Closes with PASS or FAIL.
# usage: eng/kernel-test.sh PROBE
set -euo pipefail
output=$(mktemp)
trap 'rm -f "$output"' EXIT
VM_SECONDS=${VM_SECONDS:-1800} tests/Lab/VirtualMachine/run.sh -m 1024 tests/Lab/VirtualMachine/kernel-mesh.sh "$1" |
  sed -n '/vm: begin/,/vm: exit/p' | tee "$output"
if grep -q '^FAIL' "$output" || [ "$(grep -c '^PASS' "$output")" -lt 15 ]; then echo "FAIL: see above"; exit 1; fi
echo "PASS: $(grep -c '^PASS' "$output") checks"
