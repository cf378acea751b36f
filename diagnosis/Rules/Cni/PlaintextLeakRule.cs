// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: in the table that leads into a device, a throw route is the best answer for a prefix that one of the device's peers owns.
/// Threshold: the throw route covers the whole prefix and no better route of the table leads into the device; a rule asks the table.
/// Traps: throw routes for the node's own prefixes, also inside another node's block (a borrowed address), are how Calico works; peers without AllowedIPs
/// are nodes without encryption.
/// </summary>
internal sealed class PlaintextLeakRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-CNI-PLAINTEXT-LEAK", Layer.Cni, Severity.Critical, "Traffic that should be encrypted is not")
    {
        Precedence = Rules.Precedence.ControlPlane + 9,
        ExplainedBy = ["WG-CNI-AGENT-DOWN"],
        Reach = Reach.Entries,
        Explanation = "A throw route ends the lookup in its table, and the next rule's table answers: the packets leave by the uplink as they are. Everything works, "
            + "so nobody notices that nothing is encrypted.",
        FalsifiedBy = "A capture on the uplink shows no packets with the inner addresses while traffic flows between the two nodes.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var device in mesh.Devices.Where(device => device.Link is not null && device.Namespace.RoutesRead))
        {
            var asked = Safe.List(device.Namespace.Facts.Rules).Select(rule => rule.Table).ToHashSet();
            var own = device.Namespace.Routes.Where(route => NamespaceView.LeadsTo(route, device.Link!.Index)).Select(route => route.Table).Where(asked.Contains).ToHashSet();
            // Main and local are not tables for one device.
            own.RemoveWhere(table => table is 253 or 254 or 255);
            var throws = device.Namespace.Routes.Where(route => route.Type == RouteType.Throw && own.Contains(route.Table)).ToList();
            if (throws.Count == 0) continue;
            var leaks = device.Peers.SelectMany(peer => Leaks(device, peer, own, throws)).ToList();
            if (leaks.Count > 0) yield return Build(device, leaks);
        }
    }

    private static IEnumerable<Leak> Leaks(DeviceView device, PeerView peer, HashSet<uint> tables, List<RouteFact> throws)
    {
        foreach (var prefix in peer.AllowedIps.Where(prefix => throws.Exists(route => route.Destination.Contains(prefix))))
        {
            var best = device.Namespace.Routes.Where(route => tables.Contains(route.Table) && route.Destination.Contains(prefix)).MaxBy(route => route.Destination.Length);
            if (best is { Type: RouteType.Throw } && !device.Namespace.LocalNetworks.Exists(local => local.Prefix.Overlaps(prefix))) yield return new Leak(peer, prefix, best);
        }
    }

    private RuleFinding Build(DeviceView device, List<Leak> leaks)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"What {device.Node.Name} sends to {DisplayText.Join(leaks.Select(leak => leak.Prefix).Distinct())} leaves in the clear: a throw route keeps it out of {device.Name}.",
            Confidence = 0.9,
            Prefixes = [.. leaks.Select(leak => leak.Prefix).Distinct()],
            Family = leaks.Select(leak => leak.Prefix.Family).Distinct().Count() == 1 ? leaks[0].Prefix.Family : null,
        };
        foreach (var leak in leaks)
        {
            draft.Evidence(device, $"ip route show table {leak.Route.Table}", $"throw {leak.Route.Destination}", $"{leak.Prefix} dev {device.Name}", "rtnetlink");
            draft.Affects(leak.Peer, TunnelState.OneWay);
        }

        return draft.Build();
    }

    private sealed record Leak(PeerView Peer, IpPrefix Prefix, RouteFact Route);
}
