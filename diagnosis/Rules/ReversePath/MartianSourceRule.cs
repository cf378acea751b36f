// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.ReversePath;

/// <summary>
/// Signal: a source that a peer really uses (an address of its device, or in a network behind it) is, for this node, none that may come in: one of its own, the
/// broadcast address of one of its networks, or one that the kernel refuses as a martian (EINVAL).
/// Threshold: none for the address; lines of the kernel log are shown with it, never judged by.
/// Traps: refusals of the reverse path filter are logged as martians too, and newer kernels answer both with EINVAL; mostly a consequence of an address that two nodes have.
/// </summary>
internal sealed class MartianSourceRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-MARTIAN-SOURCE", Layer.Forwarding, Severity.Warning, "The kernel takes a source for a martian")
    {
        Precedence = Rules.Precedence.Receiver + 4,
        ExplainedBy = ["WG-ADDR-DUPLICATE", "WG-ADDR-LOCAL-SHADOW", "WG-RPFILTER-STRICT", "WG-CIDR-OVERLAP"],
        Explanation = "A packet from outside whose source is one of the node's own addresses, or a loopback or broadcast address, cannot be genuine for the kernel. It is dropped after "
            + "decryption and shows only with log_martians.",
        FalsifiedBy = "`ip route get <own address> from <source> iif <device>` answers, and `ip route get <source>` does not say broadcast.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true }
        let filter = ReversePathFilter.Effective(device.Namespace, device.RawName)
        from peer in device.Peers
        where peer.Remote is not null
        let sources = Sources(device, peer, filter).Distinct().ToList()
        where sources.Count > 0
        select Build(device, peer, sources);

    private static IEnumerable<IpAddr> Sources(DeviceView device, PeerView peer, long? filter)
    {
        foreach (var address in peer.Remote!.Addresses(IpFamily.IPv4).Select(address => address.Address))
        {
            if (ReversePathFilter.IsOwn(device, address) || address.IsLoopback || address.IsUnspecified || (BroadcastOf(device, address) is not null && peer.Covers(IpPrefix.Host(address))))
                yield return address;
        }

        // A question that was asked with an address of this node as the source is always refused; whether the peer uses it stands above. And what the reverse path filter
        // may have refused is that finding.
        foreach (var lookup in device.Namespace.Lookups.Incoming(device).Where(lookup => lookup.Error == "EINVAL" && !ReversePathFilter.IsOwn(device, lookup.From!.Value)))
        {
            if (filter is { } mode && ReversePathFilter.Refuses(device, lookup.From!.Value, mode) is false
                && peer.AllowedIps.Contains(lookup.Prefix!.Value) && peer.Remote.Owned.Exists(owned => lookup.Prefix.Value.Overlaps(owned.Prefix)))
                yield return lookup.From!.Value;
        }
    }

    // fib_add_ifaddr: the last address of every network of an interface with a mask shorter than 31 bits.
    private static AddressFact? BroadcastOf(DeviceView device, IpAddr address) => device.Namespace.Addresses.FirstOrDefault(own =>
        own is { Address.Family: IpFamily.IPv4, PrefixLength: > 0 and < 31 } && IpPrefix.TryCreate(own.Address, own.PrefixLength, out var network)
        && address.Family == IpFamily.IPv4 && address.Bits == network.Network.Bits + (UInt128.One << (32 - own.PrefixLength)) - UInt128.One);

    private RuleFinding Build(DeviceView device, PeerView peer, List<IpAddr> sources)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = BroadcastOf(device, sources[0]) is { } net
                ? $"{sources[0]} of {peer.RemoteName} is the broadcast address of {net.Address}/{net.PrefixLength} on {device.Node.Name}: nothing is sent back to it, and a reverse path filter drops what comes from it as martians."
                : $"{device.Node.Name} takes packets from {DisplayText.Join(sources, 3)} ({peer.RemoteName}) for martians and drops them after decryption.",
            Confidence = 0.85,
            Family = IpFamily.IPv4,
            Entry = peer,
        };
        foreach (var source in sources.Take(4))
        {
            if (BroadcastOf(device, source) is { } wide) draft.Evidence(device, $"ip addr show dev {device.Namespace.LinkName(wide.Link)}", $"{wide.Address}/{wide.PrefixLength}: {source} is its broadcast address", "a mask by which it is a host", "rtnetlink");
            else draft.Evidence(device, $"ip route get (own address) from {source} iif {device.Name}", "EINVAL, or the address is this node's own", "an answer", "rtnetlink");
        }

        foreach (var line in (device.Node.Facts.Host?.KernelLog?.Value?.Lines ?? []).Where(line => line is { Topic: KernelLogTopic.Routing }).TakeLast(2))
            draft.Evidence(device, "dmesg", DisplayText.Detail(line.Text), null, "/dev/kmsg");
        return draft.Affects(peer.Reverse, TunnelState.DroppedAfterDecrypt).Build();
    }
}
