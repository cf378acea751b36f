// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>
/// Signal: two devices have each other as peers, and neither has an endpoint for the other: nobody can begin.
/// Threshold: none; both entries are facts.
/// Traps: a road warrior has no endpoint at the hub until it calls, but has the hub's; entries without AllowedIPs are leftovers; a session that lives has an endpoint.
/// </summary>
internal sealed class EndpointMissingRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ENDPOINT-MISSING", Layer.Handshake, Severity.Error, "Neither end has an endpoint")
    {
        Precedence = Rules.Precedence.Peers + 6,
        StopsHandshake = true,
        Explanation = "A device without an endpoint for a peer can only wait for that peer's first packet. When both wait, no handshake is ever sent, and local senders get 'Destination address "
            + "required'.",
        FalsifiedBy = "`wg show <device> endpoints` shows an address for the peer on at least one of the two nodes.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => mesh.Peers
        .Where(peer => peer is { Endpoint: null, IsCounted: false, AllowedIps.Count: > 0, Reverse: { Endpoint: null, IsCounted: false, AllowedIps.Count: > 0 } reverse }
            && peer.Device.Link is not { Up: false } && reverse.Device.Link is not { Up: false }
            && string.CompareOrdinal(peer.Device.Key, peer.Key) < 0)
        .Select(peer => Build(peer, peer.Reverse!));

    private RuleFinding Build(PeerView one, PeerView other)
    {
        // What was refused shows at the device, not at the peer: the one with refusals wants to send.
        var asks = Drops.Of(other.Device).Outbound > Drops.Of(one.Device).Outbound ? other : one;
        var wanted = Drops.Of(asks.Device).Outbound > 0;
        var back = asks.Reverse!;
        var draft = new FindingDraft(Descriptor, asks.Device)
        {
            Message = $"Neither {one.Device.Node.Name} nor {other.Device.Node.Name} has an endpoint for the other: nobody can begin.",
            Confidence = wanted ? 0.96 : 0.9,
            Severity = wanted ? Severity.Critical : Descriptor.Severity,
            Entry = asks,
        };
        foreach (var end in new[] { asks, back })
        {
            draft.Evidence(end.Device, $"wg show {end.Device.Name} endpoints", $"{end.RemoteName}: (none)", "an address and port");
            draft.Affects(end, TunnelState.NoHandshake);
            if (Where(end) is { } endpoint) draft.Mend(new NodeCommands(end.Device).PeerEndpoint(end.Key, endpoint, null));
        }

        return draft.Build();
    }

    // What other nodes use; else the far node's only address of the underlay.
    private static IpEndpoint? Where(PeerView entry)
    {
        var known = entry.Remote!.HeldBy.Where(other => other.Endpoint is not null && Outer.Has(entry.Remote.Node, other.Endpoint.Value.Address)).Select(other => other.Endpoint).FirstOrDefault();
        if (known is not null || entry.Remote.Fact.ListenPort == 0) return known;
        var own = new[] { IpFamily.IPv4, IpFamily.IPv6 }.Where(family => Outer.Addresses(entry.Device, family).Any())
            .SelectMany(family => Outer.Addresses(entry.Remote, family)).Take(2).ToList();
        return own.Count == 1 ? new IpEndpoint(own[0].Address, entry.Remote.Fact.ListenPort) : null;
    }
}
