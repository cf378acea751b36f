#!/usr/bin/env bash
# Runs every test project: the unit tests first, then the lab's. Closes with one line: N passed, N failed, N skipped.
set -uo pipefail
# A cluster of its own is for make test-cluster.
unset KUBECONFIG_TEST
results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

# Helm for the chart's tests; without it they say what they skip.
command -v helm >/dev/null 2>&1 || eng/kube-tools.sh >/dev/null || echo "test: no helm, the chart is not rendered" >&2

eng/dotnet-quiet.sh build KubeWgDiag.sln || exit 1

status=0
run() { # run PROJECT
  local name
  name=$(basename "$1")
  echo "test: $name"
  dotnet test "$1" --no-build --nologo -v quiet --logger "trx;LogFileName=$PWD/$results/$name.trx" \
    --logger "console;verbosity=minimal" || status=1
}
# One project at a time: two cores are soon busy. The lab tests come last and bring their own parallelism.
unit=() lab=()
for project in tests/*.Tests; do
  case $project in
    tests/Lab.Tests | tests/EndToEnd.Tests | tests/Accuracy.Tests) lab+=("$project") ;;
    *) unit+=("$project") ;;
  esac
done
for project in "${unit[@]}" "${lab[@]}"; do run "$project"; done

passed=0 failed=0 skipped=0
for trx in "$results"/*.trx; do
  [ -f "$trx" ] || continue
  counters=$(grep -o '<Counters [^>]*>' "$trx" | head -n 1)
  value() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
  total=$(value total) ok=$(value passed) bad=$(value failed)
  passed=$((passed + ok))
  failed=$((failed + bad))
  skipped=$((skipped + total - ok - bad))
done
# What failed, once more at the end: a log is read from there.
for trx in "$results"/*.trx; do
  [ -f "$trx" ] || continue
  grep -o '<UnitTestResult [^>]*outcome="Failed"[^>]*>' "$trx" | sed -n 's/.* testName="\([^"]*\)".*/failed: \1/p'
  awk '/<UnitTestResult .*outcome="Failed"/ {failed = 1} failed && /<Message>/ {inside = 1; lines = 0} inside && lines++ < 12 {print "    " $0} /<\/Message>/ {inside = 0; failed = 0}' "$trx"
done
ran=$(find "$results" -name '*.trx' | wc -l)
if [ "$ran" -ne $((${#unit[@]} + ${#lab[@]})) ]; then
  echo "test: $ran of $((${#unit[@]} + ${#lab[@]})) projects left a result; one of them died" >&2
  status=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
