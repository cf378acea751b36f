#!/usr/bin/env bash
# Everything that can be checked without running the programs.
set -euo pipefail
fail=0
say() { echo "lint: $*" >&2; fail=1; }

echo "lint: analyzers"
dotnet build KubeWgDiag.sln --nologo -v quiet -clp:NoSummary

echo "lint: formatting"
dotnet format whitespace KubeWgDiag.sln --verify-no-changes --no-restore >/dev/null || say "run: dotnet format whitespace KubeWgDiag.sln"

echo "lint: generated files"
dotnet run --project crds/Generator --no-build -- check crds charts/kubewgdiag/files/crds || say "run: make crds"

echo "lint: sources"
sources=$(git ls-files -- '*.cs')
! grep -nE 'TODO|FIXME|HACK' $sources || say "unfinished marks above"
! grep -nE '\[(Library|Dll)Import|\bunsafe\b' $(grep -v '/Interop/' <<<"$sources") || say "native imports or unsafe code outside Interop folders"
long=$(wc -l $sources | awk '$2 != "total" && $1 > 400 {print $2 ": " $1}')
[ -z "$long" ] || say "files over 400 lines: $long"

echo "lint: scripts"
for script in $(git ls-files -- '*.sh') .ci/run; do bash -n "$script" || say "$script"; done
if command -v shellcheck >/dev/null 2>&1; then shellcheck -S warning $(git ls-files -- '*.sh') .ci/run || say "shellcheck"; fi
exit $fail
