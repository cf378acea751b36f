#!/usr/bin/env bash
# Many diagnoses on an embedded API server while operators, probes, connections and the server itself are disturbed: eng/chaos.sh RUNS [SEED]
set -euo pipefail
eng/dotnet-quiet.sh build tests/Chaos -p:RunAnalyzers=false
dotnet run --project tests/Chaos --no-build -- --runs "$1" ${2:+--seed "$2"} --operator artifacts/publish/operator/kubewgdiag-operator --artifacts artifacts
