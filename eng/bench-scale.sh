#!/usr/bin/env bash
# The published operator on a cluster of simulated nodes, then on one twice as large. Prints a table, writes artifacts/bench-scale.json; not 0 when a verdict is wrong (missed aims are said).
# usage: eng/bench-scale.sh NODES OPERATOR [ARGUMENT...]      arguments as kubewgdiag-scale --help names them
set -euo pipefail
nodes=$1 operator=$2
shift 2
for project in tests/EmbeddedApiServer tests/Scale; do
  eng/dotnet-quiet.sh build "$project" -c Release -p:RunAnalyzers=false
done
exec dotnet tests/Scale/bin/Release/net10.0/kubewgdiag-scale.dll --nodes "$nodes" --operator "$operator" "$@"
