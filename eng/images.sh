#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the two container images with whatever builder works here: docker, podman or buildah.
#
#   REGISTRY    where the names begin (ghcr.io/kubewgdiag)
#   TAG         tag of both images (the version in Directory.Build.props)
#   BUILDER     docker, podman or buildah, when not the first that works
#   CHECK       0 leaves out starting the built programs once (for platforms that cannot run here)
#   BUILD_ARGS  more arguments for the builder, split at blanks: e.g. "--platform linux/arm64", "--no-cache",
#               or "--isolation chroot --network host" for buildah inside a container
set -euo pipefail
cd "$(dirname "$0")/.." || exit 1

version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
registry=${REGISTRY:-ghcr.io/kubewgdiag}
tag=${TAG:-$version}
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
read -r -a more <<<"${BUILD_ARGS:-}"

# A client without an engine is no builder.
works() {
  case $1 in
    docker | podman) command -v "$1" >/dev/null && "$1" info >/dev/null 2>&1 ;;
    buildah) command -v buildah >/dev/null ;;
    *) echo "BUILDER must be docker, podman or buildah, not '$1'" >&2; exit 2 ;;
  esac
}

builder=${BUILDER:-}
if [[ -z $builder ]]; then
  for candidate in docker podman buildah; do
    if works "$candidate"; then builder=$candidate; break; fi
  done
  [[ -n $builder ]] || { echo "no image builder works here: install docker, podman or buildah (Debian: apt-get install buildah)" >&2; exit 1; }
else
  works "$builder" || { echo "$builder does not work here" >&2; exit 1; }
fi

# Runs a program of an image once, with more environment: start IMAGE PROGRAM [NAME=VALUE...].
start() {
  local image=$1 program=$2 container status=0 environment=()
  shift 2
  if [[ $builder != buildah ]]; then
    for variable in "$@"; do environment+=(--env "$variable"); done
    "$builder" run --rm --network none --entrypoint "$program" ${environment[@]+"${environment[@]}"} "$image" --version
    return
  fi
  container=$(buildah from --pull-never "$image")
  for variable in "$@"; do buildah config --env "$variable" "$container"; done
  buildah run --isolation chroot "$container" -- "$program" --version || status=$?
  buildah rm "$container" >/dev/null
  return "$status"
}

# Both programs say their version; libpcap and all that it links to can be loaded in the probe's image (the loader complains
# about a preloaded library that it cannot load, and goes on).
check() {
  local complaint
  start "$registry/operator:$tag" /usr/local/bin/kubewgdiag-operator
  complaint=$(start "$registry/probe:$tag" /usr/local/bin/kubewgdiag-probe LD_PRELOAD=libpcap.so.0.8 2>&1) || { echo "$complaint" >&2; return 1; }
  echo "$complaint"
  [[ $complaint != *'cannot be preloaded'* ]]
}

build=("$builder" build)
[[ $builder == buildah ]] && build=(buildah bud)
for image in operator probe; do
  name=$registry/$image:$tag
  echo "== $name ($builder)"
  "${build[@]}" -f "Dockerfile.$image" -t "$name" --build-arg "VERSION=$version" --build-arg "REVISION=$revision" \
    ${more[@]+"${more[@]}"} .
done
if [[ ${CHECK:-1} != 0 ]]; then
  echo "== starting both"
  check || { echo "a built image does not start" >&2; exit 1; }
fi
echo "built $registry/operator:$tag and $registry/probe:$tag"
