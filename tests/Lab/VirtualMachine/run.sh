#!/usr/bin/env bash
# Boots a stock Debian cloud kernel (which has wireguard.ko) in an emulated machine from an initramfs and runs a script there as root.
# Needs qemu-system-x86, busybox-static, cpio, kmod, wireguard-tools, iproute2; kernel.sh brings the kernel.
# usage: run.sh [-k 6.1|6.12] [-m MIB] [-o FOLDER] [-p "PROGRAM..."] SCRIPT [FILE...]
#        SCRIPT runs inside; each FILE is put at /opt/NAME; each PROGRAM is taken along with its libraries under its own path.
#        What the script leaves in /out stands in FOLDER afterwards. Prints the serial console; the script's own output stands between
#        the lines "vm: begin" and "vm: exit STATUS". Ends with 0 when the script ran to its end, whatever its status.
#
# The machine's time is virtual (-icount, see docs/designs/0004-the-virtual-machine.md): it does not pass while others use the processor,
# and a sleep inside costs nothing. A boot takes three to five seconds.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
series=6.1 memory=768 out='' programs=''
while getopts k:m:o:p: option; do
  case $option in
    k) series=$OPTARG ;; m) memory=$OPTARG ;; o) out=$OPTARG ;; p) programs=$OPTARG ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
kernel=$("$here/kernel.sh" "$series")
version=$(ls "$kernel/lib/modules")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
PATH=$PATH:/sbin:/usr/sbin

copy() { # copy FILE [TARGET]: the file and the libraries it needs
  install -D -m 755 "$1" "$root/${2:-$1}"
  { ldd "$1" 2>/dev/null || true; } | { grep -o '/[^ )]*' || true; } | while read -r library; do
    [ -e "$root/$library" ] || install -D -m 755 "$library" "$root/$library"
  done
}
mkdir -p "$root"/{bin,sbin,proc,sys,dev,run,tmp,root,opt,out,usr/bin,usr/sbin}
copy "$(command -v busybox)" /bin/busybox
copy /bin/dash /bin/dash # busybox' own shell prefers its applets to the real programs
copy "$(command -v wg)" /usr/bin/wg
copy "$(command -v ip)" /usr/sbin/ip
for program in $programs; do copy "$(command -v "$program")" "/usr/sbin/$(basename "$program")"; done
for file in "${@:2}"; do copy "$file" "/opt/$(basename "$file")"; done
for names in /etc/protocols /etc/services /etc/iproute2/rt_tables; do [ ! -f "$names" ] || install -D -m 644 "$names" "$root/$names"; done
install -m 755 "$1" "$root/script"
# All of netfilter and of the network's devices, and what these need: modprobe, or the kernel itself, takes what the script wants.
(cd "$kernel" && {
  find "lib/modules/$version/kernel/net" -name '*.ko' \( -path '*/netfilter/*' -o -path '*/sched/*' -o -path '*/xfrm/*' -o -name '*diag.ko' -o -name bridge.ko -o -name 'nf_*.ko' -o -name vxlan.ko \)
  find "lib/modules/$version/kernel/drivers/net" -maxdepth 1 -name '*.ko'
  find "lib/modules/$version/kernel/drivers" -path '*drivers/net/wireguard/*.ko' -o -name 'virtio_mmio.ko' -o -name 'virtio_blk.ko' -o -path '*drivers/net/vxlan/*.ko' -o -path '*drivers/net/ipvlan/*.ko'
} | while read -r module; do
  echo "$module"
  name=$(basename "$module")
  modprobe -d . -S "$version" --show-depends "${name%.ko}" 2>/dev/null | awk -v start="lib/modules" '/^insmod/ {print substr($2, index($2, start))}' || true
done | sort -u >"$work/modules")
(cd "$kernel" && cpio -pdm --quiet "$root" <"$work/modules")
cp "$kernel/lib/modules/$version"/modules.{builtin,order} "$root/lib/modules/$version/"
depmod -b "$root" "$version" 2>/dev/null
# The kernel's own call for a module.
ln -s /bin/busybox "$root/sbin/modprobe"

cat >"$root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
ln -sf /bin/dash /bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
mount -t tmpfs run /run
mkdir -p /run/netns /var
ln -s /run /var/run
ip link set lo up
modprobe wireguard
modprobe tun # makes /dev/net/tun
echo "vm: begin"
/bin/dash /script
status=$?
if modprobe virtio_mmio && modprobe virtio_blk 2>/dev/null; then
  n=0
  until [ -b /dev/vda ] || [ $n -ge 50 ]; do sleep 0.1; n=$((n + 1)); done
  [ ! -b /dev/vda ] || tar -C /out -cf /dev/vda . && sync
fi
echo "vm: exit $status"
poweroff -f
INIT
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$work/initrd"
disk=()
if [ -n "$out" ]; then
  truncate -s 256M "$work/out"
  disk=(-drive "id=out,file=$work/out,format=raw,if=none,cache=unsafe" -device "virtio-blk-device,drive=out")
fi
timeout "${VM_SECONDS:-240}" qemu-system-x86_64 -accel tcg -icount shift=0,sleep=off -cpu max -M microvm,rtc=on -m "$memory" -smp 1 \
  -kernel "$kernel/boot/vmlinuz-$version" -initrd "$work/initrd" -append "console=ttyS0 quiet panic=-1 pci=off" \
  -nographic -no-reboot -nodefaults -serial stdio "${disk[@]}" </dev/null | tr -d '\r' | tee "$work/console"
grep -q '^vm: exit ' "$work/console" || { echo "run.sh: the machine did not come to the script's end" >&2; exit 1; }
[ -z "$out" ] || { mkdir -p "$out" && tar -C "$out" --warning=no-timestamp -xf "$work/out"; }
