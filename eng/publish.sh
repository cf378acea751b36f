#!/usr/bin/env bash
# Publishes probe and operator: trimmed, self-contained, ReadyToRun, one file each. Nothing to do when nothing changed.
# usage: eng/publish.sh RID OUTPUT
set -euo pipefail
rid=$1 out=$2
publish() { # publish PROJECT NAME
  local stamp=$out/$2.stamp
  if [ -f "$stamp" ] && [ -z "$(find crds diagnosis kube "$1" Directory.*.props Directory.*.targets \
        -type f -newer "$stamp" -not -path '*/obj/*' -not -path '*/bin/*' -print -quit)" ]; then
    return
  fi
  echo "publish: $2 ($rid)"
  rm -rf "${out:?}/$2"
  # Taken before: what changes while it publishes is newer.
  touch "$stamp.new"
  eng/dotnet-quiet.sh publish "$1" -c Release -r "$rid" -o "$out/$2" -p:RunAnalyzers=false
  mv "$stamp.new" "$stamp"
}
mkdir -p "$out"
publish node-probe probe
publish operator operator
