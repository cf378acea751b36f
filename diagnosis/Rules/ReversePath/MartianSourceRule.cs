// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.ReversePath;

/// <summary>
/// Signal: a source that a peer really uses (an address of its device, or in a network behind it) is, for this node, none that may come in: one of its own, or one
/// that the kernel refuses as a martian (EINVAL).
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
        FalsifiedBy = "`ip route get <own address> from <source> iif <device>` answers.",
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
            if (ReversePathFilter.IsOwn(device, address) || address.IsLoopback || address.IsUnspecified) yield return address;
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

    private RuleFinding Build(DeviceView device, PeerView peer, List<IpAddr> sources)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} takes packets from {DisplayText.Join(sources, 3)} ({peer.RemoteName}) for martians and drops them after decryption.",
            Confidence = 0.85,
            Family = IpFamily.IPv4,
            Entry = peer,
        };
        foreach (var source in sources.Take(4))
            draft.Evidence(device, $"ip route get (own address) from {source} iif {device.Name}", "EINVAL, or the address is this node's own", "an answer", "rtnetlink");
        foreach (var line in (device.Node.Facts.Host?.KernelLog?.Value?.Lines ?? []).Where(line => line is { Topic: KernelLogTopic.Routing }).TakeLast(2))
            draft.Evidence(device, "dmesg", DisplayText.Detail(line.Text), null, "/dev/kmsg");
        return draft.Affects(peer.Reverse, TunnelState.DroppedAfterDecrypt).Build();
    }
}
