#!/usr/bin/env bash
# Changed answers of several kernels and changed texts through every reader of the probe. Prints the seed first and a summary last.
# usage: eng/fuzz.sh MESSAGES SEED
set -euo pipefail
export KUBEWGDIAG_FUZZ_MESSAGES=$1 KUBEWGDIAG_FUZZ_SEED=$2 KUBEWGDIAG_FUZZ_SUMMARY=$PWD/artifacts/fuzz.txt
mkdir -p artifacts
: >"$KUBEWGDIAG_FUZZ_SUMMARY"
echo "fuzz: $1 messages, seed $2"
eng/dotnet-quiet.sh build tests/NodeProbe.Tests -c Release -p:RunAnalyzers=false
dotnet test tests/NodeProbe.Tests -c Release --no-build --nologo --filter Category=Fuzz
cat "$KUBEWGDIAG_FUZZ_SUMMARY"
