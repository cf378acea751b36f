#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lints the chart, renders it with every values file of charts/kubewgdiag/ci, holds each object against its schema, and closes
# with PASS or FAIL. HELM names the program; otherwise the one on the PATH, otherwise eng/kube-tools.sh downloads one.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

chart=charts/kubewgdiag
HELM=${HELM:-$(command -v helm || true)}
if [[ -z $HELM ]]; then
  tools=$(eng/kube-tools.sh) || { echo "FAIL: no helm"; exit 1; }
  HELM=$tools/helm
fi
export HELM
echo "helm $("$HELM" version --short)"

failed=()
for values in '' "$chart"/ci/*.yaml; do
  echo "== lint ${values:-defaults}"
  "$HELM" lint --strict "$chart" ${values:+--values "$values"} || failed+=("lint ${values:-defaults}")
done

# Rendered objects, rights, settings and refused values; the first tests prove that a misspelt field is found.
dotnet test tests/Chart.Tests --nologo || failed+=("tests/Chart.Tests")

# The packed chart is what people install: nothing may depend on files that packing leaves out.
packed=$(mktemp -d)
trap 'rm -rf "$packed"' EXIT
if ! { "$HELM" package "$chart" --destination "$packed" >/dev/null \
  && "$HELM" template kubewgdiag "$packed"/kubewgdiag-*.tgz >"$packed/packed.yaml" \
  && "$HELM" template kubewgdiag "$chart" >"$packed/folder.yaml" \
  && diff "$packed/folder.yaml" "$packed/packed.yaml"; }; then
  failed+=("package")
fi

if ((${#failed[@]})); then
  printf 'FAIL: %s\n' "$(IFS=,; echo "${failed[*]}")"
  exit 1
fi
echo "PASS"
