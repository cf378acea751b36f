#!/usr/bin/env bash
# Downloads and unpacks (never installs) a stock Debian cloud kernel for amd64, and prints its folder.
# usage: kernel.sh [6.1|6.12]     6.1: the package that linux-image-cloud-amd64 of the running Debian 12 means; 6.12: bookworm-backports'
set -euo pipefail
cd "$(dirname "$0")/../../.."
series=${1:-6.1}
folder=$PWD/artifacts/vm/kernel-$series
pool=http://deb.debian.org/debian/pool/main/l/linux-signed-amd64
backport=linux-image-6.12.95+deb12-cloud-amd64_6.12.95-1~bpo12+1_amd64.deb
checksum=69c92f43b23821de79576fa4d7c86e2924ae2c1b247a47cc5ed9339e220fbcb7

if ! compgen -G "$folder/boot/vmlinuz-*" >/dev/null; then
  download=$(mktemp -d)
  trap 'rm -rf "$download"' EXIT
  cd "$download"
  case $series in
    6.1)
      apt-cache show linux-image-cloud-amd64 >/dev/null 2>&1 || apt-get update -qq
      package=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/ {print $2; exit}')
      apt-get download -qq -o APT::Sandbox::User=root "$package"
      ;;
    6.12)
      # The backports' index is not among the sources of a plain Debian, so the file is taken by name and checked.
      if command -v curl >/dev/null; then curl -fsSL -O "$pool/$backport"; else wget -q "$pool/$backport"; fi
      echo "$checksum  $backport" | sha256sum --check --quiet
      ;;
    *) echo "kernel.sh: no kernel $series is known here" >&2; exit 2 ;;
  esac
  rm -rf "$folder.new"
  mkdir -p "$folder.new"
  dpkg -x ./*.deb "$folder.new"
  find "$folder.new/lib/modules" -name '*.ko.xz' -exec xz -d {} +
  # The package brings no modules.dep: that is made when it is installed.
  PATH=$PATH:/sbin:/usr/sbin depmod -b "$folder.new" "$(ls "$folder.new/lib/modules")"
  rm -rf "$folder"
  mv "$folder.new" "$folder"
fi
echo "$folder"
