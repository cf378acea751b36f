#!/bin/sh
# Runs inside the virtual machine: the kernel's own WireGuard in every state that its reader could stumble over. Each state is left in
# /out twice, as `wg show all dump` (or ip) sees it and as the probe does; KernelWireGuardTests compares them. The keys are thrown away
# with the machine.
umask 077
probe=/opt/kubewgdiag-probe
facts() { $probe facts --node vm "$@"; }
phase() { echo "$1: $(cut -d ' ' -f 1 /proc/uptime) s"; } # of the machine's own time

# A configuration for wg setconf with made-up keys (any 32 bytes are one).
conf() { # conf SEED PEERS FIRST4 FIRST6 EACH LAST: numbers of AllowedIPs of the first peer, of each (-1: from none to 40), of the last
  awk -v seed="$1" -v peers="$2" -v first4="$3" -v first6="$4" -v each="$5" -v last="$6" '
    function key(  k, i) {
      k = ""
      for (i = 0; i < 42; i++) k = k substr(alphabet, int(rand() * 64) + 1, 1)
      return k substr("AEIMQUYcgkosw048", int(rand() * 16) + 1, 1) "="
    }
    BEGIN {
      alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
      srand(seed)
      print "[Interface]\nPrivateKey = " key() "\nListenPort = " 20000 + seed "\nFwMark = " seed * 257
      for (i = 0; i < peers; i++) {
        print "[Peer]\nPublicKey = " key()
        if (i % 3 == 0) print "PresharedKey = " key()
        if (i % 5 == 1) print "Endpoint = 192.0.2." i % 250 + 1 ":" 1000 + i
        if (i % 5 == 2) print "Endpoint = [2001:db8::" sprintf("%x", i + 1) "]:" 1000 + i
        print "PersistentKeepalive = " i % 4 * 25
        v4 = (each < 0) ? i % 41 : each; v6 = (each < 0) ? i % 3 : 0
        if (i == 0) { v4 = first4; v6 = first6 }
        if (i == peers - 1) v4 = last
        for (j = 0; j < v4; j++) { print "AllowedIPs = 10." int(n / 65536) "." int(n / 256) % 256 "." n % 256 "/32"; n++ }
        for (j = 0; j < v6; j++) print "AllowedIPs = fd00:" sprintf("%x:%x", i, j) "::/" (64 - j % 8)
      }
    }'
}

# Many peers, some with many AllowedIPs; the last one's alone take more than two messages.
ip link add wg0 type wireguard
conf 1 520 40 2 -1 2500 >/tmp/conf
wg setconf wg0 /tmp/conf
ip link set wg0 up
phase 'many peers'
# A message ends wherever it is full. The first peer shifts where that is: inside a peer, at its border, right after its header.
n=0
while [ $n -lt 20 ]; do
  ip link add "edge$n" type wireguard
  conf $((n + 2)) 112 $((n % 10)) $((n / 10)) 3 3 >/tmp/conf
  wg setconf "edge$n" /tmp/conf
  n=$((n + 1))
done
# No key, no port, no peer.
ip link add bare type wireguard
phase 'edges'
wg show all dump >/out/many.wg
facts --only wireguard >/out/many.json || echo "FAIL facts exited $?"
phase 'read'

# Namespaces: a device of the same name, and one that was made here and moved; its socket stays where it was made.
ip netns add a
ip netns add b
ip -n a link add wg0 type wireguard
conf 30 3 1 1 2 2 >/tmp/conf
ip netns exec a wg setconf wg0 /tmp/conf
ip -n a link set wg0 up
ip link add moved type wireguard
conf 31 4 1 1 2 2 >/tmp/conf
wg setconf moved /tmp/conf
ip link set moved netns b
ip -n b link set moved up
ip -n b link add stays type wireguard
conf 32 2 1 1 2 2 >/tmp/conf
ip netns exec b wg setconf stays /tmp/conf
ip -n b link set stays up
for space in a b; do ip netns exec $space wg show all dump >/out/$space.wg; done
facts --netns /run/netns/a --netns /run/netns/b --only links,wireguard >/out/spaces.json || echo "FAIL facts exited $?"
phase 'namespaces'

# What the kernel counts when it refuses a packet: the inner source outside the peer's AllowedIPs (receiver: frame errors), no peer for
# the destination, a peer without an endpoint (sender: tx errors).
for i in 1 2; do ip netns add "n$i"; done
ip link add eth0 netns n1 type veth peer name eth0 netns n2
for i in 1 2; do
  ip -n "n$i" link set lo up
  ip -n "n$i" addr add "192.0.2.$i/24" dev eth0
  ip -n "n$i" link set eth0 up
  ip -n "n$i" link add wg0 type wireguard
  wg genkey >"/tmp/$i.key"
  wg pubkey <"/tmp/$i.key" >"/tmp/$i.pub"
done
for i in 1 2; do
  other=$((3 - i))
  ip netns exec "n$i" wg set wg0 private-key "/tmp/$i.key" listen-port 51820 \
    peer "$(cat /tmp/$other.pub)" endpoint "192.0.2.$other:51820" allowed-ips "10.9.0.$other/32,10.8.$other.0/24"
  ip -n "n$i" addr add "10.9.0.$i/32" dev wg0
  ip -n "n$i" link set wg0 up
  ip -n "n$i" route add 10.0.0.0/8 dev wg0
done
n=0
until ip netns exec n1 ping -c 1 -W 2 10.9.0.2 >/dev/null || [ $n -ge 10 ]; do n=$((n + 1)); done
ip netns exec n1 wg set wg0 peer "$(wg genkey | wg pubkey)" allowed-ips 10.7.0.0/16
look() {
  for i in 1 2; do ip -n "n$i" -s -s -j link show dev wg0 >"/out/$1-n$i.ip.json"; done
  facts --netns /run/netns/n1 --netns /run/netns/n2 --only links >"/out/$1.json" || echo "FAIL facts exited $?"
}
look before
ip -n n1 addr add 10.8.66.1/32 dev wg0
ip netns exec n1 ping -c 7 -i 0.2 -W 1 -I 10.8.66.1 10.9.0.2 >/dev/null # refused by n2: not an address of its peer
repeat() { n=$1; shift; while [ "$n" -gt 0 ]; do "$@" >/dev/null 2>&1; n=$((n - 1)); done; }
repeat 5 ip netns exec n1 ping -c 1 -W 1 10.200.0.1 # no peer has it
repeat 3 ip netns exec n1 ping -c 1 -W 1 10.7.0.1   # its peer has no endpoint
look after
phase 'refused packets'

# Peers come and go while they are read: the kernel flags such a dump, it is read again, and flagged for good when that did not help.
ip link add churn type wireguard
conf 40 1000 1 1 4 4 >/tmp/conf
wg setconf churn /tmp/conf
wg show churn dump >/out/churn.wg
guest=$(wg genkey | wg pubkey)
(while :; do
  wg set churn peer "$guest" allowed-ips 172.16.0.1/32
  wg set churn peer "$guest" remove
done) &
churner=$!
for n in 1 2 3; do facts --only wireguard --interface churn >"/out/churn-$n.json" || echo "FAIL facts exited $?"; done
kill $churner
echo "guest $guest" >/out/churn.guest
phase 'churn'
