// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>How a device came to lack routes; each is a code of its own, because each has another one to blame.</summary>
internal enum RouteLoss
{
    /// <summary>Some of its routes are there, or it needs one only: that one was never made here or somebody deleted it.</summary>
    Missing,

    /// <summary>Two or more are gone at once and none is left, while addresses and connected networks are there: what going down and up does.</summary>
    AllAtOnce,

    /// <summary>No node of the mesh routes the prefix: somebody wrote AllowedIPs and took them for routes.</summary>
    NeverMade,
}

/// <summary>
/// Finds AllowedIPs prefixes that nothing leads into their device, and says how that came about. One search for three rules, so that a prefix is
/// in one finding only.
/// </summary>
internal static class MissingRoutes
{
    /// <summary>Three rules ask one after the other about the same mesh.</summary>
    private static readonly ConditionalWeakTable<MeshModel, List<Lost>> Found = [];

    public static IEnumerable<RuleFinding> Make(RuleDescriptor rule, MeshModel mesh, RouteLoss wanted) => Found.GetValue(mesh, Search)
        .Where(lost => lost.Loss == wanted)
        .Select(lost => Build(rule, mesh, lost.Device, lost.Family, lost.Missing));

    private static List<Lost> Search(MeshModel mesh)
    {
        var found = new List<Lost>();
        var expectation = new RouteExpectation(mesh);
        var underlay = new UnderlayAddresses(mesh);
        foreach (var device in mesh.Devices)
        {
            if (device.Link is null || !device.Namespace.RoutesRead || mesh.OwnerOf(device).Normally(NormalBehaviour.NoRoute)) continue;
            foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
            {
                if (!expectation.IsRoutedMesh(device, family)) continue;
                var missing = Find(device, family, expectation, underlay).ToList();
                found.AddRange(missing.GroupBy(item => LossOf(mesh, device, item, missing, expectation)).Select(part => new Lost(device, family, part.Key, [.. part])));
            }
        }

        return found;
    }

    private static IEnumerable<MissingRoute> Find(DeviceView device, IpFamily family, RouteExpectation expectation, UnderlayAddresses underlay) =>
        from peer in device.Peers
        from prefix in peer.AllowedIps
        where prefix.Family == family && PrefixMath.IsRoutable(prefix)
        where !expectation.Leads(device, prefix) && !underlay.AnyIn(prefix) && !RouteExpectation.HasOtherWay(device, prefix)
        let why = expectation.For(peer, prefix)
        where why is not null
        select new MissingRoute(peer, prefix, why.Value.Confidence, why.Value.Because);

    private static RouteLoss LossOf(MeshModel mesh, DeviceView device, MissingRoute item, List<MissingRoute> missing, RouteExpectation expectation)
    {
        if (item.Peer.Remote is not null && !expectation.IsRoutedElsewhere(item.Peer, item.Prefix)) return RouteLoss.NeverMade;
        var none = !device.RoutesInto(item.Prefix.Family).Any(RouteConvention.IsStatic);
        if (!none || !device.Link!.Up) return RouteLoss.Missing;
        // What lies behind another peer's node is not asked for here, but it is gone as well. One route for the whole mesh is one route.
        var gone = device.Peers.SelectMany(peer => peer.AllowedIps)
            .Where(prefix => prefix.Family == item.Prefix.Family && !prefix.IsDefault && PrefixMath.IsRoutable(prefix) && !expectation.Leads(device, prefix) && !RouteExpectation.HasOtherWay(device, prefix))
            .Concat(missing.Select(other => other.Prefix));
        return RouteConvention.RoutesFor(mesh, device, [.. gone.Distinct()]).Count > 1 ? RouteLoss.AllAtOnce : RouteLoss.Missing;
    }

    private static RuleFinding Build(RuleDescriptor rule, MeshModel mesh, DeviceView device, IpFamily family, List<MissingRoute> missing)
    {
        var prefixes = missing.Select(item => item.Prefix).Distinct().ToList();
        var observed = missing.Exists(item => item.Peer.Remote is not null);
        var draft = new FindingDraft(rule, device)
        {
            Message = $"{device.Node.Name} has no route into {device.Name} for {DisplayText.Join(prefixes, 3)} ({DisplayText.Join(missing.Select(item => item.Peer.RemoteName).Distinct(), 3)}); such packets leave in clear text by another way or are refused.",
            Confidence = missing.Max(item => item.Confidence),
            Severity = observed ? rule.Severity : Severity.Warning,
            Family = family,
            Entry = missing.Select(item => item.Peer).Distinct().Count() == 1 ? missing[0].Peer : null,
            Prefixes = prefixes,
        };
        foreach (var item in missing)
        {
            draft.Evidence(device, $"ip route get (an address of {item.Prefix})", Answer(device, item.Prefix), $"dev {device.Name}; {item.Because}", "rtnetlink");
            draft.Affects(item.Peer, TunnelState.NotRoutedIn);
        }

        var affected = missing.Select(item => item.Peer).ToHashSet();
        if (device.HoldsForUnlisted(affected.Contains)) draft.AffectsUnlisted(device, outbound: TunnelState.NotRoutedIn);
        var commands = new NodeCommands(device);
        draft.Mend(RouteConvention.RoutesFor(mesh, device, prefixes).Select(route => commands.AddRoute(route.Destination, route.Like)));
        return draft.Build();
    }

    private static string Answer(DeviceView device, IpPrefix prefix) => device.Namespace.Lookups.ForPrefix(device, prefix) switch
    {
        null => "no route into the device",
        { Error: { } error } => DisplayText.Name(error),
        { Link: { } link } lookup => lookup.Gateway is { } gateway ? $"via {gateway} dev {device.Namespace.LinkName(link)}" : $"dev {device.Namespace.LinkName(link)}",
        { Type: var type } => type.ToString(),
    };

    private sealed record MissingRoute(PeerView Peer, IpPrefix Prefix, double Confidence, string Because);

    private sealed record Lost(DeviceView Device, IpFamily Family, RouteLoss Loss, List<MissingRoute> Missing);
}
