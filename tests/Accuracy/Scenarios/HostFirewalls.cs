// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Rule sets in the shape in which common programs write them; all of them let the tunnel's traffic through.</summary>
internal static class HostFirewalls
{
    public const string Tailscale =
        """
        *filter
        :ts-input - [0:0]
        :ts-forward - [0:0]
        -A INPUT -j ts-input
        -A FORWARD -j ts-forward
        -A ts-input -s 100.101.1.1/32 -i lo -j ACCEPT
        -A ts-input -s 100.115.92.0/23 ! -i tailscale0 -j RETURN
        -A ts-input -s 100.64.0.0/10 ! -i tailscale0 -j DROP
        -A ts-input -i tailscale0 -j ACCEPT
        -A ts-input -p udp -m udp --dport 41641 -j ACCEPT
        -A ts-forward -i tailscale0 -j MARK --set-xmark 0x40000/0xff0000
        -A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT
        -A ts-forward -s 100.64.0.0/10 -o tailscale0 -j DROP
        -A ts-forward -o tailscale0 -j ACCEPT
        COMMIT
        *nat
        :ts-postrouting - [0:0]
        -A POSTROUTING -j ts-postrouting
        -A ts-postrouting -m mark --mark 0x40000/0xff0000 -j MASQUERADE
        COMMIT
        """;

    public static string KubeProxyNft(Scene s) =>
        $$"""
        table {{s.Nft}} kube-proxy {
          set cluster-ips { type {{(s.V6 ? "ipv6_addr" : "ipv4_addr")}}; elements = { {{(s.V6 ? "fd00:96::a" : "10.96.0.10")}} } }
          map service-ips {
            type {{(s.V6 ? "ipv6_addr" : "ipv4_addr")}} . inet_proto . inet_service : verdict
            elements = { {{(s.V6 ? "fd00:96::a" : "10.96.0.10")}} . udp . 53 : goto service-dns }
          }
          map no-endpoint-services { type {{(s.V6 ? "ipv6_addr" : "ipv4_addr")}} . inet_proto . inet_service : verdict; }
          chain mark-for-masquerade { meta mark set mark or 0x4000; }
          chain endpoint-dns { {{s.Nft}} saddr {{s.Pod(s.B)}} jump mark-for-masquerade; meta l4proto udp dnat to {{s.At(s.Pod(s.B), 53)}}; }
          chain service-dns { {{s.Nft}} daddr {{(s.V6 ? "fd00:96::a" : "10.96.0.10")}} udp dport 53 {{s.Nft}} saddr != {{AddressPlan.ClusterNetwork(s.Family)}} jump mark-for-masquerade; numgen random mod 1 vmap { 0 : goto endpoint-dns }; }
          chain services { {{s.Nft}} daddr . meta l4proto . th dport vmap @service-ips; }
          chain cluster-ips-check { {{s.Nft}} daddr @cluster-ips reject; }
          chain firewall-check { {{s.Nft}} daddr . meta l4proto . th dport vmap @no-endpoint-services; }
          chain filter-prerouting { type filter hook prerouting priority -110; policy accept; ct state new jump firewall-check; }
          chain filter-input { type filter hook input priority -110; policy accept; ct state new jump firewall-check; }
          chain filter-forward { type filter hook forward priority -110; policy accept; ct state new jump firewall-check; ct state new jump cluster-ips-check; }
          chain filter-output { type filter hook output priority -110; policy accept; ct state new jump firewall-check; }
          chain nat-prerouting { type nat hook prerouting priority -100; policy accept; jump services; }
          chain nat-output { type nat hook output priority -100; policy accept; jump services; }
          chain masquerading { meta mark and 0x4000 == 0 return; meta mark set mark xor 0x4000; masquerade fully-random; }
          chain nat-postrouting { type nat hook postrouting priority 100; policy accept; jump masquerading; }
        }
        """;

    public static string Ufw(Scene s, LabNode n)
    {
        var icmp = s.V6 ? "icmpv6" : "icmp";
        var name = s.V6 ? "ufw6" : "ufw";
        var discovery = s.V6
            ? $"-A {name}-before-input -p icmpv6 --icmpv6-type neighbor-solicitation -j ACCEPT\n-A {name}-before-input -p icmpv6 --icmpv6-type neighbor-advertisement -j ACCEPT\n"
            : "";
        return $"""
            *filter
            :INPUT DROP [0:0]
            :FORWARD DROP [0:0]
            :{name}-before-input - [0:0]
            :{name}-before-forward - [0:0]
            :{name}-user-input - [0:0]
            :{name}-user-forward - [0:0]
            :{name}-logging-deny - [0:0]
            -A INPUT -j {name}-before-input
            -A FORWARD -j {name}-before-forward
            -A {name}-before-input -i lo -j ACCEPT
            -A {name}-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A {name}-before-input -m conntrack --ctstate INVALID -j {name}-logging-deny
            -A {name}-before-input -m conntrack --ctstate INVALID -j DROP
            {discovery}-A {name}-before-input -p {icmp} -j ACCEPT
            -A {name}-before-input -j {name}-user-input
            -A {name}-logging-deny -m limit --limit 3/min --limit-burst 10 -j RETURN
            -A {name}-user-input -p udp -m udp --dport {s.Port(n)} -j ACCEPT
            -A {name}-user-input -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name DEFAULT --mask {(s.V6 ? "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" : "255.255.255.255")} --rsource
            -A {name}-user-input -p tcp -m tcp --dport 22 -j ACCEPT
            -A {name}-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A {name}-before-forward -j {name}-user-forward
            -A {name}-user-forward -i {s.Device(n)} -j ACCEPT
            -A {name}-user-forward -o {s.Device(n)} -j ACCEPT
            COMMIT
            """;
    }

    public static string Firewalld(Scene s, LabNode n) =>
        $$"""
        table inet firewalld {
          chain raw_PREROUTING { type filter hook prerouting priority -290; policy accept; icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept; }
          chain filter_IN_public { udp dport {{s.Port(n)}} accept; tcp dport 22 ct state new,untracked accept; meta l4proto { icmp, ipv6-icmp } accept; }
          chain filter_IN_trusted { accept; }
          chain filter_INPUT_ZONES {
            iifname "{{s.Device(n)}}" goto filter_IN_trusted
            iifname "{{s.PodDevice(n)}}" goto filter_IN_trusted
            iifname "{{s.Uplink(n)}}" goto filter_IN_public
            goto filter_IN_public
          }
          chain filter_INPUT {
            type filter hook input priority 10; policy accept;
            ct state { established, related } accept
            ct status dnat accept
            iifname "lo" accept
            ct state invalid drop
            jump filter_INPUT_ZONES
            reject with icmpx admin-prohibited
          }
          chain filter_FWD_trusted { accept; }
          chain filter_FORWARD_ZONES {
            iifname "{{s.Device(n)}}" goto filter_FWD_trusted
            iifname "{{s.PodDevice(n)}}" goto filter_FWD_trusted
          }
          chain filter_FORWARD {
            type filter hook forward priority 10; policy accept;
            ct state { established, related } accept
            ct status dnat accept
            iifname "lo" accept
            ct state invalid drop
            jump filter_FORWARD_ZONES
            reject with icmpx admin-prohibited
          }
        }
        """;

    public static string Docker(Scene s, LabNode n) =>
        $"""
        *filter
        :FORWARD DROP [0:0]
        :DOCKER - [0:0]
        :DOCKER-USER - [0:0]
        :DOCKER-ISOLATION-STAGE-1 - [0:0]
        :DOCKER-ISOLATION-STAGE-2 - [0:0]
        -A FORWARD -j DOCKER-USER
        -A FORWARD -j DOCKER-ISOLATION-STAGE-1
        -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A FORWARD -o docker0 -j DOCKER
        -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
        -A FORWARD -i docker0 -o docker0 -j ACCEPT
        -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
        -A DOCKER-ISOLATION-STAGE-1 -j RETURN
        -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
        -A DOCKER-ISOLATION-STAGE-2 -j RETURN
        -A DOCKER-USER -i {s.Device(n)} -j ACCEPT
        -A DOCKER-USER -o {s.Device(n)} -j ACCEPT
        -A DOCKER-USER -j RETURN
        COMMIT
        *nat
        :DOCKER - [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
        -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
        -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
        -A DOCKER -i docker0 -j RETURN
        COMMIT
        """;

    public static string RateLimits(Scene s, LabNode n) =>
        $$"""
        table inet limits {
          set strangers { type {{(s.V6 ? "ipv6_addr" : "ipv4_addr")}}; flags dynamic,timeout; timeout 1m; }
          chain entry {
            type filter hook input priority 0; policy accept;
            iifname != "{{s.Uplink(n)}}" accept
            tcp dport 22 ct state new limit rate over 10/minute drop
            meta l4proto { icmp, ipv6-icmp } limit rate over 200/second drop
            tcp flags syn tcp dport 6443 add @strangers { {{s.Nft}} saddr limit rate over 50/second } counter drop
            udp dport {{s.Port(n)}} counter accept
            limit rate 5/minute log prefix "other: "
          }
        }
        """;
}
