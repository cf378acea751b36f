#!/bin/sh
# Runs inside the virtual machine: the kernel's own WireGuard, read by `wg show dump` and by the probe, must tell the same.
# 60 peers with 40 AllowedIPs each, so that the dump takes many messages and peers are continued over their borders.
umask 077
ip() { /usr/sbin/ip "$@"; } # the shell would take its own small one
probe=/opt/kubewgdiag-probe
ip link add wg0 type wireguard
ip link add wg1 type wireguard
for device in wg0 wg1; do
  wg genkey >/tmp/$device.key
  wg set $device private-key /tmp/$device.key
  ip link set $device up
done
wg set wg0 listen-port 51820 fwmark 0x77
wg genpsk >/tmp/psk
i=1
while [ $i -le 60 ]; do
  ips=10.$i.0.0/16,fd00:$i::/64
  j=1
  while [ $j -le 38 ]; do ips=$ips,172.16.$i.$j/32; j=$((j + 1)); done
  psk=$([ $((i % 3)) = 0 ] && echo "preshared-key /tmp/psk")
  endpoint=$([ $((i % 5)) = 0 ] || echo "endpoint 192.0.2.$i:5182")
  wg set wg0 peer "$(wg genkey | wg pubkey)" $psk $endpoint persistent-keepalive $((i % 4)) allowed-ips $ips
  i=$((i + 1))
done
wg set wg1 peer "$(wg genkey | wg pubkey)" endpoint "[2001:db8::1]:7" allowed-ips ::/0
$probe facts --node vm >/tmp/facts.json || echo "FAIL facts exited $?"

# Both as "device key endpoint keepalive number-of-AllowedIPs has-psk", sorted; awk reads the probe's indented JSON line by line.
for device in wg0 wg1; do
  wg show $device dump | tail -n +2 |
    awk -v d=$device '{n = ($4 == "(none)") ? 0 : split($4, a, ","); print d, $1, ($3 == "(none)") ? "-" : $3, ($8 == "off") ? 0 : $8, n, ($2 != "(none)")}'
done | sort >/tmp/expected
awk '
  /"kernelWireGuard"/ {on = 1}
  /"userspaceWireGuard"/ {on = 0}
  !on {next}
  function text(s) {gsub(/^[^:]*: *"?|"?,?$/, "", s); return s}
  /"name":/ {device = text($0)}
  /"peers":/ {inside = 1}
  inside && /"publicKey":/ {flush(); key = text($0); address = "-"; keepalive = 0; count = 0; psk = 0}
  inside && /"hasPresharedKey": true/ {psk = 1}
  inside && /"address":/ {address = text($0)}
  inside && /"port":/ {port = text($0)}
  inside && /"persistentKeepalive":/ {keepalive = text($0)}
  /"allowedIps":/ {list = 1; next}
  list && /"/ {count++}
  list && /\]/ {list = 0; flush(); key = ""}
  /"implementation":/ {inside = 0}
  function flush() {
    if (key == "") return
    where = (address == "-") ? "-" : (index(address, ":") ? "[" address "]:" port : address ":" port)
    print device, key, where, keepalive, count, psk
  }
' /tmp/facts.json | sort >/tmp/observed
echo "peers: wg $(wc -l </tmp/expected), probe $(wc -l </tmp/observed)"
if cmp -s /tmp/expected /tmp/observed; then echo "PASS kernel WireGuard: the probe reads what wg reads"; else
  echo "FAIL the probe and wg differ"; diff /tmp/expected /tmp/observed | head -n 10
fi
for secret in /tmp/wg0.key /tmp/wg1.key /tmp/psk; do
  grep -qF "$(cat $secret)" /tmp/facts.json && echo "FAIL a secret stands in the facts"
done
true
