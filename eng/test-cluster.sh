#!/usr/bin/env bash
# Runs the tests that need an API server: against the cluster of KUBECONFIG_TEST=<kubeconfig>, or the embedded server.
set -euo pipefail
eng/dotnet-quiet.sh build tests/Cluster.Tests -p:RunAnalyzers=false
if [ -n "${KUBECONFIG_TEST:-}" ]; then
  # The tests run in a folder of their own.
  KUBECONFIG_TEST=$(realpath -e "$KUBECONFIG_TEST")
  export KUBECONFIG_TEST
  echo "test-cluster: the cluster of $KUBECONFIG_TEST; what is made there bears the label kubewgdiag.io/test-run and is removed again"
else
  echo "test-cluster: KUBECONFIG_TEST is not set, the embedded API server is used"
fi
dotnet test tests/Cluster.Tests --no-build --nologo --logger "console;verbosity=normal" "$@"
