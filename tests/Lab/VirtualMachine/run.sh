#!/usr/bin/env bash
# Boots Debian's cloud kernel (which has wireguard.ko) in an emulated machine from an initramfs and runs a script there as root.
# Needs qemu-system-x86, busybox-static, cpio, wireguard-tools, iproute2; the kernel package is downloaded and unpacked, not installed.
# usage: run.sh SCRIPT [FILE...]   SCRIPT runs inside; each FILE is put at /opt/NAME. Prints the serial console; the script's own
#        output stands between the lines "vm: begin" and "vm: exit STATUS".
set -euo pipefail
cd "$(dirname "$0")/../../.."
cache=$PWD/artifacts/vm
root=$(mktemp -d)
initrd=$(mktemp)
trap 'rm -rf "$root" "$initrd"' EXIT

if ! compgen -G "$cache/kernel/boot/vmlinuz-*" >/dev/null; then
  mkdir -p "$cache/download" "$cache/kernel"
  apt-cache show linux-image-cloud-amd64 >/dev/null 2>&1 || apt-get update -qq
  package=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/ {print $2; exit}')
  rm -f "$cache"/download/*.deb
  (cd "$cache/download" && apt-get download -qq -o APT::Sandbox::User=root "$package" && dpkg -x ./*.deb "$cache/kernel")
fi
version=$(basename "$cache"/kernel/lib/modules/*)

copy() { # copy FILE [TARGET]: the file and the libraries it needs
  install -D -m 755 "$1" "$root/${2:-$1}"
  { ldd "$1" 2>/dev/null || true; } | { grep -o '/[^ )]*' || true; } | while read -r library; do
    [ -e "$root/$library" ] || install -D -m 755 "$library" "$root/$library"
  done
}
mkdir -p "$root"/{bin,sbin,proc,sys,dev,run,tmp,root,opt,usr/bin,usr/sbin}
copy /bin/busybox /bin/busybox
copy "$(command -v wg)" /usr/bin/wg
copy "$(command -v ip || echo /usr/sbin/ip)" /usr/sbin/ip
for file in "${@:2}"; do copy "$file" "/opt/$(basename "$file")"; done
install -m 755 "$1" "$root/script"
# The unpacked package has no modules.dep: what wireguard.ko needs is taken by name.
find "$cache/kernel/lib/modules" \( -name wireguard.ko -o -name veth.ko -o -name dummy.ko -o -name bridge.ko -o -name stp.ko -o -name llc.ko -o -name '*udp_tunnel.ko' -o -name '*chacha*.ko' -o -name '*poly1305*.ko' -o -name '*curve25519*.ko' \) |
  while read -r file; do install -D "$file" "$root${file#"$cache/kernel"}"; done
depmod -b "$root" "$version" 2>/dev/null || /sbin/depmod -b "$root" "$version" 2>/dev/null

cat >"$root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
mount -t tmpfs run /run
mkdir -p /run/netns /var
ln -s /run /var/run
ip link set lo up
modprobe wireguard && modprobe veth && modprobe bridge
echo "vm: begin"
sh /script
echo "vm: exit $?"
poweroff -f
INIT
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$initrd"
timeout "${VM_SECONDS:-240}" qemu-system-x86_64 -accel tcg -cpu max -M pc -m 1024 -smp 1 \
  -kernel "$cache/kernel/boot/vmlinuz-$version" -initrd "$initrd" -append "console=ttyS0 quiet panic=-1" \
  -nographic -no-reboot -nodefaults -serial stdio </dev/null
