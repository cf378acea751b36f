#!/usr/bin/env bash
# Downloads and unpacks (never installs: it would take over the machine's own network) Debian's NetworkManager, and prints its folder.
set -euo pipefail
cd "$(dirname "$0")/../../.."
folder=$PWD/artifacts/network-manager
mkdir -p artifacts
exec 9>artifacts/.network-manager.lock
flock 9
if [ ! -x "$folder/usr/sbin/NetworkManager" ]; then
  download=$(mktemp -d)
  trap 'rm -rf "$download"' EXIT
  cd "$download"
  apt-cache show network-manager >/dev/null 2>&1 || apt-get update -qq
  apt-get download -qq -o APT::Sandbox::User=root network-manager libnm0 libndp0 libteamdctl0 >&2
  rm -rf "$folder"
  for package in *.deb; do dpkg -x "$package" "$folder.new"; done
  mv "$folder.new" "$folder"
fi
echo "$folder"
