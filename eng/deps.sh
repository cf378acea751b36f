#!/usr/bin/env bash
# Installs the Debian packages that the lab and the tests need, and only what is missing.
# Where that is not possible (not root, not Debian) it says in one line what it would install and goes on.
set -euo pipefail

missing=()
need() { # need COMMAND PACKAGE
  command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ] || missing+=("$2")
}
need ip iproute2
need wg wireguard-tools
need wireguard-go wireguard-go
need nft nftables
need iptables iptables
need conntrack conntrack
need ipset ipset
need ethtool ethtool
need setpriv util-linux
need python3 python3 # traffic of the accuracy matrix
need dbus-daemon dbus-daemon # for the NetworkManager that the lab unpacks
[ -x /lib/systemd/systemd-networkd ] || missing+=(systemd) # started in lab nodes only
need ping iputils-ping
need tcpdump tcpdump
need unshare util-linux
need sysctl procps
need hostname hostname
need kubectl kubernetes-client
need shellcheck shellcheck
need npm npm     # Helm and a recent kubectl come inside an npm package
need unzip unzip
need gcc gcc         # the bench's bare receive loop
# The virtual machine in which the kernel's own WireGuard is tried (only Debian's kernel package for amd64 is known to work).
if [ "$(uname -m)" = x86_64 ]; then
  need qemu-system-x86_64 qemu-system-x86
  need busybox busybox-static
  need cpio cpio
  need depmod kmod
fi
ldconfig -p 2>/dev/null | grep -q 'libpcap\.so\.' || missing+=(libpcap0.8)

[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "deps: would install ${missing[*]} (not $([ "$(id -u)" != 0 ] && echo root || echo Debian); what needs them will say so)"
  exit 0
fi
echo "deps: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 15 "$log" >&2
  echo "deps: apt-get failed (above)" >&2
  exit 1
fi
