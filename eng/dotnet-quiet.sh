#!/usr/bin/env bash
# Runs a dotnet command and prints its output only when it fails: "Build succeeded" is no news.
set -uo pipefail
output=$(dotnet "$@" --nologo -v quiet 2>&1)
status=$?
[ $status -eq 0 ] || printf '%s\n' "$output" >&2
exit $status
