#!/usr/bin/env bash
# Every fault on the kernel's own WireGuard, on a stock Debian kernel in an emulated machine. Closes with PASS or FAIL.
# usage: eng/kernel-test.sh PROBE
set -euo pipefail
output=$(mktemp)
trap 'rm -f "$output"' EXIT
for script in kernel-wireguard kernel-mesh; do
  VM_SECONDS=900 tests/Lab/VirtualMachine/run.sh "tests/Lab/VirtualMachine/$script.sh" "$1" |
    tr -d '\r' | sed -n '/vm: begin/,/vm: exit/p' | tee -a "$output"
done
if grep -q '^FAIL' "$output" || [ "$(grep -c '^PASS' "$output")" -lt 16 ]; then echo "FAIL: see above"; exit 1; fi
echo "PASS: $(grep -c '^PASS' "$output") checks"
