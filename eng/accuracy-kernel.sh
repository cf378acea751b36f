#!/usr/bin/env bash
# The accuracy matrix on the kernel's own WireGuard: the same program runs in an emulated machine and records facts; they are judged here.
# usage: eng/accuracy-kernel.sh PROBE [NAMES] [KIND]      NAMES: parts of scenario names, separated by commas; default: all. KIND: fault (default), healthy or pair; each once
set -euo pipefail
probe=$1
choice="--kind ${3:-fault}"
[ -z "${2:-}" ] || choice="$choice --only $2"
program=artifacts/publish/accuracy/kubewgdiag-accuracy
# A lock file of its own: the one in the tree has no platform in it.
eng/dotnet-quiet.sh publish tests/Accuracy -c Release -r linux-x64 --self-contained -o artifacts/publish/accuracy \
  -p:PublishSingleFile=true -p:PublishReadyToRun=true -p:RunAnalyzers=false -p:NuGetLockFilePath=obj/kernel.lock.json -p:RestoreLockedMode=false
# What iptables loads for matches and targets.
extensions=(/usr/lib/*/xtables/lib*.so)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/script" <<SCRIPT
export DOTNET_EnableDiagnostics=0 DOTNET_TieredPGO=0 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
export XTABLES_LIBDIR=/opt
mkdir -p /opt/cache
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
export DOTNET_BUNDLE_EXTRACT_BASE_DIR=/opt/cache
/opt/kubewgdiag-accuracy record --kernel --slice --jobs 3 --facts /out --json /tmp/verdicts.json --probe /opt/kubewgdiag-probe $choice
SCRIPT
VM_SECONDS=${VM_SECONDS:-5400} tests/Lab/VirtualMachine/run.sh -m 2048 -o "$work/out" \
  -p "unshare nsenter setsid nft ping sysctl mount hostname tc conntrack nstat ethtool ipset
      iptables-legacy ip6tables-legacy iptables-nft ip6tables-nft" "$work/script" "$program" "$probe" "${extensions[@]}" |
  sed -n '/vm: begin/,/vm: exit/p'
mkdir -p artifacts/accuracy
for folder in "$work"/out/*_kernel; do
  [ -d "$folder" ] || continue
  rm -rf "artifacts/accuracy/$(basename "$folder")"
  cp -r "$folder" artifacts/accuracy/
done
