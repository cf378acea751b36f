// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink.Differential;

/// <summary>Links in the words of <c>ip -j -d link</c>.</summary>
internal static class LinkFields
{
    private static readonly Dictionary<ushort, string> Types = new() { [1] = "ether", [772] = "loopback", [65534] = "none" };

    private static readonly (uint Bit, string Name)[] Flags =
    [
        (0x1, "UP"), (0x2, "BROADCAST"), (0x4, "DEBUG"), (0x8, "LOOPBACK"), (0x10, "POINTOPOINT"), (0x20, "NOTRAILERS"), (0x80, "NOARP"), (0x100, "PROMISC"),
        (0x200, "ALLMULTI"), (0x400, "MASTER"), (0x800, "SLAVE"), (0x1000, "MULTICAST"), (0x2000, "PORTSEL"), (0x4000, "AUTOMEDIA"), (0x8000, "DYNAMIC"),
        (0x10000, "LOWER_UP"), (0x20000, "DORMANT"), (0x40000, "ECHO"),
    ];

    public static IpJson Tool { get; } = new(
        new HashSet<string>
        {
            "ifindex", "ifname", "flags", "mtu", "qdisc", "operstate", "group", "txqlen", "link_type", "address", "min_mtu", "max_mtu", "num_tx_queues",
            "num_rx_queues", "gso_max_size", "gso_max_segs", "tso_max_size", "tso_max_segs", "gro_max_size", "linkinfo.info_kind", "linkinfo.info_slave_kind",
            "link", "link_index", "link_netnsid", "master", "altnames", "ifalias", "linkinfo.info_data.stp_state", "linkinfo.info_data.vlan_filtering",
            "linkinfo.info_data.nf_call_iptables", "linkinfo.info_data.nf_call_ip6tables", "linkinfo.info_data.nf_call_arptables",
            "linkinfo.info_data.mcast_snooping", "linkinfo.info_data.id", "linkinfo.info_data.link", "linkinfo.info_data.port_range.low",
            "linkinfo.info_data.port_range.high", "linkinfo.info_data.port", "linkinfo.info_data.learning", "linkinfo.info_data.ttl", "linkinfo.info_data.tos",
            "linkinfo.info_data.df", "linkinfo.info_data.udp_csum", "linkinfo.info_data.udp_zero_csum6_tx", "linkinfo.info_data.udp_zero_csum6_rx",
            "linkinfo.info_data.remote", "linkinfo.info_data.remote6", "linkinfo.info_data.local", "linkinfo.info_data.local6", "linkinfo.info_data.group",
            "linkinfo.info_data.external", "linkinfo.info_data.type", "linkinfo.info_data.pi", "linkinfo.info_data.vnet_hdr",
            "linkinfo.info_data.multi_queue", "linkinfo.info_data.persist", "linkinfo.info_data.mode",
        },
        new Dictionary<string, string>
        {
            ["broadcast"] = "the broadcast MAC address decides nothing",
            ["linkmode"] = "decides nothing for devices without drivers of their own",
            ["promiscuity"] = "how many listen, not what happens to packets",
            ["allmulti"] = "how many listen, not what happens to packets",
            ["inet6_addr_gen_mode"] = "a sysctl, read as one",
            ["linkinfo.info_slave_data."] = "state of bridge ports: timers and spanning tree",
            ["linkinfo.info_data.forward_delay"] = "bridge timer",
            ["linkinfo.info_data.hello_time"] = "bridge timer",
            ["linkinfo.info_data.max_age"] = "bridge timer",
            ["linkinfo.info_data.ageing_time"] = "bridge timer",
            ["linkinfo.info_data.hello_timer"] = "bridge timer",
            ["linkinfo.info_data.tcn_timer"] = "bridge timer",
            ["linkinfo.info_data.topology_change_timer"] = "bridge timer",
            ["linkinfo.info_data.gc_timer"] = "bridge timer",
            ["linkinfo.info_data.priority"] = "spanning tree",
            ["linkinfo.info_data.bridge_id"] = "spanning tree",
            ["linkinfo.info_data.root_id"] = "spanning tree",
            ["linkinfo.info_data.root_port"] = "spanning tree",
            ["linkinfo.info_data.root_path_cost"] = "spanning tree",
            ["linkinfo.info_data.topology_change"] = "spanning tree",
            ["linkinfo.info_data.topology_change_detected"] = "spanning tree",
            ["linkinfo.info_data.group_fwd_mask"] = "link-local protocols",
            ["linkinfo.info_data.group_addr"] = "spanning tree",
            ["linkinfo.info_data.no_linklocal_learn"] = "link-local protocols",
            ["linkinfo.info_data.mcast_vlan_snooping"] = "multicast tuning",
            ["linkinfo.info_data.mcast_router"] = "multicast tuning",
            ["linkinfo.info_data.mcast_query_use_ifaddr"] = "multicast tuning",
            ["linkinfo.info_data.mcast_querier"] = "multicast tuning",
            ["linkinfo.info_data.mcast_hash_elasticity"] = "multicast tuning",
            ["linkinfo.info_data.mcast_hash_max"] = "multicast tuning",
            ["linkinfo.info_data.mcast_last_member_cnt"] = "multicast tuning",
            ["linkinfo.info_data.mcast_startup_query_cnt"] = "multicast tuning",
            ["linkinfo.info_data.mcast_last_member_intvl"] = "multicast tuning",
            ["linkinfo.info_data.mcast_membership_intvl"] = "multicast tuning",
            ["linkinfo.info_data.mcast_querier_intvl"] = "multicast tuning",
            ["linkinfo.info_data.mcast_query_intvl"] = "multicast tuning",
            ["linkinfo.info_data.mcast_query_response_intvl"] = "multicast tuning",
            ["linkinfo.info_data.mcast_startup_query_intvl"] = "multicast tuning",
            ["linkinfo.info_data.mcast_stats_enabled"] = "multicast tuning",
            ["linkinfo.info_data.mcast_igmp_version"] = "multicast tuning",
            ["linkinfo.info_data.mcast_mld_version"] = "multicast tuning",
            ["linkinfo.info_data.vlan_stats_enabled"] = "statistics",
            ["linkinfo.info_data.vlan_stats_per_port"] = "statistics",
            ["linkinfo.info_data.ageing"] = "vxlan forwarding table timer",
            ["linkinfo.info_data.bcqueuelen"] = "macvlan broadcast queue",
            ["linkinfo.info_data.usedbcqueuelen"] = "macvlan broadcast queue",
        });

    public static Fields Of(LinkFact link, IReadOnlyDictionary<int, string> names, bool isPeerDown)
    {
        var flags = link.Flags!.Value;
        var words = Flags.Where(flag => (flags & flag.Bit) != 0).Select(flag => flag.Name);
        var hasCarrierLoss = (flags & 0x1) != 0 && (flags & 0x40) == 0; // IFF_UP without IFF_RUNNING
        var fields = new Fields()
            .Put("ifindex", link.Index)
            .Put("ifname", link.Name)
            .Words("flags", words.Concat(hasCarrierLoss ? ["NO-CARRIER"] : []).Concat(isPeerDown ? ["M-DOWN"] : []))
            .Put("mtu", link.Mtu)
            .Put("qdisc", link.Qdisc)
            .Put("operstate", link.OperState)
            .Put("group", IpNames.Group(link.Group ?? 0))
            .Put("link_type", Types[link.HardwareType!.Value])
            .Put("address", link.HardwareAddress)
            .Put("min_mtu", link.MinMtu ?? 0)
            .Put("max_mtu", link.MaxMtu ?? 0)
            .Put("linkinfo.info_kind", link.Kind)
            .Put("linkinfo.info_slave_kind", link.SlaveKind)
            .Put("master", link.Master is { } master ? names[master] : null)
            .Put("ifalias", link.Alias);
        if (link.AlternativeNames is { } others) fields.Words("altnames", others);
        if (link.PeerInOtherNamespace) fields.Put("link_index", link.Peer).Put("link_netnsid", link.PeerNamespaceId);
        else fields.Put("link", link.Peer is { } peer ? names[peer] : null);
        Limits(fields, link.Limits!);
        if (link.Detail is { } detail) Detail(fields, detail, names);
        return fields;
    }

    private static void Limits(Fields fields, LinkQueueLimits limits) => fields
        .Put("txqlen", limits.TxQueueLength is 0 ? null : limits.TxQueueLength)
        .Put("num_tx_queues", limits.TxQueues)
        .Put("num_rx_queues", limits.RxQueues)
        .Put("gso_max_size", limits.GsoMaxSize)
        .Put("gso_max_segs", limits.GsoMaxSegments)
        .Put("tso_max_size", limits.TsoMaxSize)
        .Put("tso_max_segs", limits.TsoMaxSegments)
        .Put("gro_max_size", limits.GroMaxSize);

    private static void Detail(Fields fields, LinkDetailFact detail, IReadOnlyDictionary<int, string> names)
    {
        const string data = "linkinfo.info_data.";
        if (detail.Overlay is { } overlay) Overlay(fields, overlay, names);
        if (detail.Bridge is { } bridge)
        {
            fields.Put(data + "stp_state", bridge.SpanningTree)
                .Put(data + "vlan_filtering", Bit(bridge.VlanFiltering) ?? 0) // 0 is what ip says when the kernel was built without
                .Put(data + "mcast_snooping", Bit(bridge.MulticastSnooping))
                .Put(data + "nf_call_iptables", Bit(bridge.NfCallIptables))
                .Put(data + "nf_call_ip6tables", Bit(bridge.NfCallIp6tables))
                .Put(data + "nf_call_arptables", Bit(bridge.NfCallArptables));
        }

        if (detail.Tun is { } tun)
        {
            fields.Put(data + "type", tun.Type)
                .Put(data + "pi", tun.PacketInformation)
                .Put(data + "vnet_hdr", tun.VirtioHeader)
                .Put(data + "multi_queue", tun.MultiQueue)
                .Put(data + "persist", tun.Persistent);
        }

        fields.Put(data + "mode", detail.SharingMode);

        static int? Bit(bool? value) => value is { } set ? (set ? 1 : 0) : null;
    }

    private static void Overlay(Fields fields, OverlayDetail overlay, IReadOnlyDictionary<int, string> names)
    {
        const string data = "linkinfo.info_data.";
        fields.Put(data + "id", overlay.Id ?? 0)
            .Put(data + "external", overlay.CollectMetadata ? true : null)
            .Put(data + "link", overlay.LowerLink is { } lower ? names[lower] : null)
            .Put(data + "port_range.low", overlay.SourcePorts?.First)
            .Put(data + "port_range.high", overlay.SourcePorts?.Last)
            .Put(data + "port", overlay.Port)
            .Put(data + "learning", overlay.Learning)
            .Put(data + "ttl", overlay.Ttl)
            .Put(data + "tos", overlay.Tos is > 0 ? "0x" + overlay.Tos.Value.ToString("x", CultureInfo.InvariantCulture) : null)
            .Put(data + "df", overlay.DontFragment)
            .Put(data + "udp_csum", overlay.UdpChecksum)
            .Put(data + "udp_zero_csum6_tx", overlay.ZeroChecksum6Tx)
            .Put(data + "udp_zero_csum6_rx", overlay.ZeroChecksum6Rx)
            .Put(data + NameOf("remote", overlay.Remote), overlay.Remote)
            .Put(data + NameOf("local", overlay.Local), overlay.Local);

        static string NameOf(string name, IpAddr? address) => address?.Family == IpFamily.IPv6 ? name + "6" : name;
    }
}
