#!/bin/sh
# Runs inside the virtual machine: three nodes as network namespaces, a mesh of the kernel's WireGuard laid out as flannel does it, and
# pods that talk through it. Each fault is injected, read by the probe on every node, judged by `analyze`, and taken back; the code that
# has to come first is written beside the fault. The kernel counts and fails otherwise than wireguard-go, so both are tried.
umask 077
probe=/opt/kubewgdiag-probe
nodes="1 2 3"
on() { node=$1; shift; ip netns exec "n$node" "$@"; }

ip link add br0 type bridge
ip link set br0 up
for i in $nodes; do
  ip netns add "n$i"
  ip netns add "p$i"
  ip link add eth0 netns "n$i" type veth peer name "v$i"
  ip link set "v$i" master br0 up
  ip link add eth0 netns "p$i" type veth peer name veth0 netns "n$i"
  wg genkey >"/tmp/$i.key"
  wg pubkey <"/tmp/$i.key" >"/tmp/$i.pub"
  on "$i" sh -c "echo 1 >/proc/sys/net/ipv4/ip_forward"
  ip -n "n$i" link set lo up
  ip -n "n$i" addr add "172.18.0.$i/24" dev eth0
  ip -n "n$i" link set eth0 up
  ip -n "n$i" route add default via 172.18.0.254
  ip -n "n$i" link add cni0 type bridge
  ip -n "n$i" addr add "10.244.$i.1/24" dev cni0
  ip -n "n$i" link set cni0 up
  ip -n "n$i" link set veth0 master cni0 up
  ip -n "p$i" link set lo up
  ip -n "p$i" addr add "10.244.$i.10/24" dev eth0
  ip -n "p$i" link set eth0 up
  ip -n "p$i" route add default via "10.244.$i.1"
done

key() { cat "/tmp/$1.pub"; }
mesh() { # everything as it should be; forgets all sessions
  for i in $nodes; do
    ip -n "n$i" link del flannel-wg 2>/dev/null
    ip -n "n$i" link add flannel-wg type wireguard
    on "$i" wg set flannel-wg private-key "/tmp/$i.key" listen-port 51820
    for j in $nodes; do
      [ "$i" = "$j" ] || on "$i" wg set flannel-wg peer "$(key "$j")" endpoint "172.18.0.$j:51820" allowed-ips "10.244.$j.0/24"
    done
    ip -n "n$i" link set flannel-wg mtu 1420
    ip -n "n$i" addr add "10.244.$i.0/32" dev flannel-wg
    ip -n "n$i" link set flannel-wg up
    ip -n "n$i" route add 10.244.0.0/16 dev flannel-wg scope link
  done
  # A first initiation may come before the other end is there; it is repeated after 5 s.
  for try in 1 2 3 4 5 6 7 8 9 10; do
    ip netns exec p1 ping -c 1 -W 2 10.244.2.10 >/dev/null && ip netns exec p1 ping -c 1 -W 2 10.244.3.10 >/dev/null && return
  done
  echo "FAIL the healthy mesh does not carry traffic after $try tries"
}

judge() { # judge EXPECTED: the first code, or none
  for i in $nodes; do
    on "$i" $probe facts --node "node-$i" --observe 8 >"/tmp/node-$i.json" &
    eval "reader$i=$!"
  done
  # shellcheck disable=SC2154
  wait $reader1 $reader2 $reader3
  NO_COLOR=1 $probe analyze /tmp/node-1.json /tmp/node-2.json /tmp/node-3.json >/tmp/report
  first=$(grep -E '^1\. ' /tmp/report | awk '{print $2}')
  others=$(grep -E '^[2-9]\. ' /tmp/report | awk '{printf " %s", $2}')
  if [ "${first:-none}" = "$1" ] && [ -z "$others" ]; then echo "PASS $1"; else
    echo "FAIL expected $1, got ${first:-none}$others"
    head -n 40 /tmp/report
  fi
}

traffic() { ip netns exec p1 ping "$1" >/dev/null 2>&1 & }
mesh
traffic 10.244.2.10
traffic 10.244.3.10
judge none

on 2 wg set flannel-wg peer "$(key 1)" allowed-ips 172.30.0.0/24
judge WG-ALLOWEDIPS-MISSING-SRC
mesh
on 1 wg set flannel-wg peer "$(key 2)" allowed-ips 172.30.0.0/24
judge WG-ALLOWEDIPS-MISSING-DST
mesh
on 1 wg set flannel-wg peer "$(wg genkey | wg pubkey)" allowed-ips 10.244.2.0/24
judge WG-ALLOWEDIPS-OVERLAP
mesh
ip -n n2 link set flannel-wg down
judge WG-IFACE-DOWN
mesh
ip -n n2 addr del 10.244.2.0/32 dev flannel-wg
judge WG-IFACE-NO-ADDRESS
mesh
ip -n n1 route del 10.244.0.0/16 dev flannel-wg
judge WG-ROUTE-MISSING
mesh
ip -n n1 route add 10.244.2.10/32 via 172.18.0.254
judge WG-ROUTE-SHADOWED
ip -n n1 route del 10.244.2.10/32
on 2 sh -c "echo 0 >/proc/sys/net/ipv4/ip_forward"
judge WG-FORWARDING-DISABLED
on 2 sh -c "echo 1 >/proc/sys/net/ipv4/ip_forward"
ip -n n2 link set flannel-wg mtu 1500
judge WG-MTU-TOO-BIG
mesh
on 2 wg set flannel-wg peer "$(key 1)" remove
on 1 wg set flannel-wg peer "$(key 2)" remove
on 1 wg set flannel-wg peer "$(key 2)" endpoint 172.18.0.2:51820 allowed-ips 10.244.2.0/24
judge WG-PEER-MISSING
mesh
wg genkey >/tmp/new.key
on 2 wg set flannel-wg private-key /tmp/new.key
for i in 1 3; do
  on $i wg set flannel-wg peer "$(key 2)" remove
  on $i wg set flannel-wg peer "$(key 2)" endpoint 172.18.0.2:51820 allowed-ips 10.244.2.0/24
done
judge WG-KEY-DRIFT
mesh
on 2 wg set flannel-wg peer "$(key 1)" remove
on 2 wg set flannel-wg peer "$(key 1)" endpoint 172.18.0.1:51820 allowed-ips 10.244.1.0/24
on 1 wg set flannel-wg peer "$(key 2)" remove
on 1 wg set flannel-wg peer "$(key 2)" endpoint 172.18.0.2:51999 allowed-ips 10.244.2.0/24
judge WG-ENDPOINT-WRONG-PORT
mesh
ip link set v2 down
for i in 1 2; do on $i wg set flannel-wg peer "$(key $((3 - i)))" remove; on $i wg set flannel-wg peer "$(key $((3 - i)))" endpoint "172.18.0.$((3 - i)):51820" allowed-ips "10.244.$((3 - i)).0/24"; done
judge WG-UDP-BLOCKED-PATH
ip link set v2 up
mesh
judge none
