#!/usr/bin/env bash
# Everything that can be checked without running the programs.
set -euo pipefail
fail=0
say() { echo "lint: $*" >&2; fail=1; }

echo "lint: analyzers"
eng/dotnet-quiet.sh build KubeWgDiag.sln

echo "lint: formatting"
dotnet format whitespace KubeWgDiag.sln --verify-no-changes --no-restore >/dev/null || say "run: dotnet format whitespace KubeWgDiag.sln"

echo "lint: generated files"
dotnet run --project crds/Generator --no-build -- check crds charts/kubewgdiag/files/crds || say "run: make crds"

echo "lint: sources"
mapfile -t sources < <(git ls-files -- '*.cs')
mapfile -t managed < <(printf '%s\n' "${sources[@]}" | grep -v '/Interop/')
! grep -nE 'TODO|FIXME|HACK' "${sources[@]}" || say "unfinished marks above"
! grep -nE '\[(Library|Dll)Import|^[^/]*\bunsafe\b' "${managed[@]}" || say "native imports or unsafe code outside Interop folders"
long=$(wc -l "${sources[@]}" | awk '$2 != "total" && $1 > 400 {print $2 ": " $1}')
[ -z "$long" ] || say "files over 400 lines: $long"

echo "lint: scripts"
mapfile -t scripts < <(git ls-files -- '*.sh' '.ci/*')
for script in "${scripts[@]}"; do bash -n "$script" || say "$script"; done
if command -v shellcheck >/dev/null 2>&1; then shellcheck -S warning "${scripts[@]}" || say "shellcheck"; else echo "lint: shellcheck is not there, scripts were only parsed"; fi
exit $fail
