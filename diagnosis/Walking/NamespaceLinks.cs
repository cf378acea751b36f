// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>Finds where devices of one namespace lead to in another.</summary>
internal sealed class NamespaceLinks(IReadOnlyList<WalkNamespace> spaces)
{
    private const string VethKind = "veth";

    /// <summary>The other end of a veth; null when it is in a namespace that was not read, or when two ends fit equally well.</summary>
    public (WalkNamespace Space, LinkFact Link)? OtherEnd(WalkNamespace space, LinkFact link)
    {
        if (link.Kind != VethKind || link.Peer is not { } peer) return null;
        // Both ends name each other by index. A namespace's own number for another one is known to nobody else.
        var fitting = spaces
            .Where(other => link.PeerInOtherNamespace != ReferenceEquals(other, space))
            .Select(other => (Space: other, Link: other.Link(peer)))
            .Where(end => end.Link is { Kind: VethKind } found && found.Peer == link.Index && found.PeerInOtherNamespace == link.PeerInOtherNamespace)
            .Take(2)
            .ToList();
        return fitting is [var only] ? (only.Space, only.Link!) : null;
    }

    /// <summary>The device that IP sees for packets that come in by a port: its bridge or bond, where it belongs to one.</summary>
    public static LinkFact InputOf(WalkNamespace space, LinkFact port) => port.Master is { } master && space.Link(master) is { } above ? above : port;

    /// <summary>Behind which port of a bridge an address is: that of the namespace that has it.</summary>
    public (WalkNamespace Space, LinkFact Link, LinkFact Port)? BehindBridge(WalkNamespace space, LinkFact bridge, IpAddr address)
    {
        foreach (var port in (space.Facts.Links.Value ?? []).Where(link => link.Master == bridge.Index))
        {
            if (OtherEnd(space, port) is var (other, link) && other.Has(address)) return (other, link, port);
        }

        return null;
    }
}
