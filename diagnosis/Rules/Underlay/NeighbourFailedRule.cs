// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules.Pods;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis.Rules.Underlay;

/// <summary>
/// Signal: the next hop of peers' endpoints does not answer ARP or neighbour discovery (FAILED, or INCOMPLETE after three questions), or a permanent entry gives it a
/// hardware address that is not the one of the observed node that has the address.
/// Threshold: no session over it is young, and somebody wants to send; for a single peer on the link that was not observed, which may simply be off, a warning.
/// Traps: WireGuard devices have no neighbours; an entry is INCOMPLETE for a moment at each first packet; a FAILED entry stays for a while after the neighbour is back.
/// </summary>
internal sealed class NeighbourFailedRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-NEIGH-FAILED", Layer.Route, Severity.Critical, "The next hop does not answer")
    {
        Precedence = Rules.Precedence.Underlay + 5,
        StopsHandshake = true,
        ExplainedBy = ["WG-IPV6-ND-BLOCKED", "WG-NEIGH-TABLE-OVERFLOW", "WG-CNI-ENDPOINT-DRIFT"],
        Explanation = "An encrypted packet needs the hardware address of its next hop. While nobody answers the question for it, packets wait and are dropped, for all peers behind that hop "
            + "at once; with a wrong permanent entry they go to nobody.",
        FalsifiedBy = "`ip neigh get <next hop> dev <uplink>` is REACHABLE, or the peers' handshakes are young.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => Outer(mesh).Concat(
        from device in mesh.Devices
        where LostBehind.IsUnanswered(device)
        from entry in LostBehind.Written(device)
        select BuildInner(device, entry));

    private IEnumerable<RuleFinding> Outer(MeshModel mesh) =>
        from hop in NextHop.Find(mesh)
        where hop.Peers.All(peer => Session.State(peer, mesh.Thresholds) != SessionState.Fresh || Frozen(peer)) && hop.Peers.Any(peer => Session.Tries(peer) || peer.Reverse is not null)
        let wrong = WrongAddress(mesh, hop)
        where hop.IsSilent || wrong is not null || IsDeadEnd(hop)
        select Build(hop, wrong);

    // Towards pods: nobody but the pod itself knows its address, so that the entry is named only while what the tunnel delivers gets no answer.
    private RuleFinding BuildInner(DeviceView device, NeighbourFact entry)
    {
        var link = device.Namespace.LinkName(entry.Link);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} a permanent neighbour entry sends packets for {entry.Address} on {link} to {DisplayText.Name(entry.LinkLayerAddress)}, and most of what {device.Name} delivers gets no answer.",
            Confidence = 0.6,
            Severity = Severity.Error,
            Family = entry.Address.Family,
            Prefixes = [IpPrefix.Host(entry.Address)],
        };
        draft.Evidence(device, $"ip neigh show {entry.Address} dev {link}", $"PERMANENT {DisplayText.Name(entry.LinkLayerAddress)}", "no permanent entry", "rtnetlink");
        draft.Mend(new NamespaceCommands(device.Namespace).DeleteNeighbour(entry));
        foreach (var peer in device.HeldBy) draft.Affects(peer, TunnelState.DroppedAfterDecrypt);
        return draft.Build();
    }

    // A session is young for three minutes after the way to the peer died; then what is sent grows, and nothing of it arrives. The peer may still be heard: its own way
    // is another one, and it keeps asking for a new session.
    private static bool Frozen(PeerView peer) => peer.Fact is { Sent.Growth: > 0 } fact
        && (fact.Received.Growth == 0 || peer.Reverse?.Fact is { Received.Growth: 0 } || IsMostlyLost(peer));

    // The neighbour was lost during the observation: five pings and more were sent, and less than half of that arrived.
    private static bool IsMostlyLost(PeerView peer) => peer.Fact.Sent.Growth is >= 640 and { } sent && peer.Reverse?.Fact.Received.Growth is { } arrived && arrived * 2 < sent;

    // Somebody wrote the router's address down, which nobody else here knows; what all peers behind it are sent does not arrive, while others may still be heard.
    private static bool IsDeadEnd(NextHop hop) => hop is { IsPeer: false, Entry: { State: "PERMANENT", LinkLayerAddress: not null } }
        && hop.Peers.Any(peer => peer.Reverse is not null)
        && hop.Peers.Where(peer => peer.Reverse is not null).All(peer => peer.Fact.Sent.Growth > 0 && peer.Reverse!.Fact.Received.Growth == 0 && PairReader.IsCutOff(peer, peer.Reverse!));

    private static string? WrongAddress(MeshModel mesh, NextHop hop)
    {
        if (hop.Entry is not { State: "PERMANENT", LinkLayerAddress: { } said } || mesh.Addresses.OwnerOf(hop.Address) is not { } owner) return null;
        var real = owner.Addresses.Where(address => address.Address == hop.Address).Select(address => owner.LinkByIndex(address.Link)?.HardwareAddress).FirstOrDefault();
        return real is not null && !string.Equals(real, said, StringComparison.OrdinalIgnoreCase) ? real : null;
    }

    private RuleFinding Build(NextHop hop, string? right)
    {
        var (device, entry) = (hop.Device, hop.Entry);
        var link = DisplayText.Name(hop.Link.Name);
        var alone = hop.IsPeer && hop.Peers.All(peer => peer.Remote is null);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = right is null && !hop.IsSilent
                ? $"On {device.Node.Name} a permanent neighbour entry sends packets for the router {hop.Address} on {link} to {DisplayText.Name(entry.LinkLayerAddress)}, and nothing of what leaves that way arrives at {DisplayText.Join(hop.Peers.Select(peer => peer.RemoteName), 3)}."
                : right is null
                ? $"On {device.Node.Name} the next hop {hop.Address} on {link} does not answer ({entry.State}); {DisplayText.Join(hop.Peers.Select(peer => peer.RemoteName), 3)} cannot be reached."
                : $"On {device.Node.Name} a permanent neighbour entry sends packets for {hop.Address} on {link} to {DisplayText.Name(entry.LinkLayerAddress)}, but that node has {DisplayText.Name(right)}.",
            Confidence = right is not null ? 0.97 : alone || !hop.IsSilent ? 0.6 : entry.State == "FAILED" ? 0.92 : 0.85,
            Severity = alone ? Severity.Warning : Descriptor.Severity,
            Family = hop.Address.Family,
        };
        var ip = hop.Address.Family == IpFamily.IPv6 ? "ip -6" : "ip";
        draft.Evidence(device, $"{ip} neigh show {hop.Address} dev {link}", $"{entry.State}{(entry.LinkLayerAddress is { } mac ? $" {DisplayText.Name(mac)}" : "")}", right is null ? "REACHABLE or STALE" : DisplayText.Name(right), "rtnetlink");
        if (entry.State == "PERMANENT" || entry.State == "FAILED") draft.Mend(new NamespaceCommands(device.Namespace).DeleteNeighbour(entry));
        foreach (var peer in hop.Peers) draft.Affects(peer, TunnelState.NoHandshake).Affects(peer.Reverse, TunnelState.NoHandshake);
        return draft.Build();
    }
}
