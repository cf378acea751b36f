// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>
/// Signal: an AllowedIPs prefix that lies behind the peer, with no route into the device in any table, and a kernel lookup that leads elsewhere.
/// Threshold: the way back is routed, or other nodes route it, or the device's other prefixes are routed (on a single host: half of them).
/// Traps: meshes without routes (BPF, Table=off everywhere), prefixes that hold underlay addresses (node encryption), catch-alls, prefixes with a
/// chosen other way, routing daemons that have not learnt a route yet.
/// </summary>
internal sealed class RouteMissingRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ROUTE-MISSING", Layer.Route, Severity.Critical, "No route into the tunnel")
    {
        Precedence = Rules.Precedence.Cryptokey + 5,
        ExplainedBy = ["WG-IFACE-DOWN", "WG-IFACE-NO-ADDRESS", "WG-CNI-PLAINTEXT-LEAK"],
        Explanation = "AllowedIPs choose the peer inside the device; they do not bring a packet to the device. Without a route it follows the default route, in clear "
            + "text, or is refused as unreachable.",
        FalsifiedBy = "`ip route get <address in the prefix>` names the device.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        var expectation = new RouteExpectation(mesh);
        var underlay = new UnderlayAddresses(mesh);
        foreach (var device in mesh.Devices)
        {
            if (device.Link is null || !device.Namespace.RoutesRead) continue;
            foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
            {
                if (!expectation.IsRoutedMesh(device, family)) continue;
                var missing = Missing(device, family, expectation, underlay).ToList();
                if (missing.Count > 0) yield return Build(mesh, device, family, missing);
            }
        }
    }

    private static IEnumerable<MissingRoute> Missing(DeviceView device, IpFamily family, RouteExpectation expectation, UnderlayAddresses underlay) =>
        from peer in device.Peers
        from prefix in peer.AllowedIps
        where prefix.Family == family && Routing.PrefixMath.IsRoutable(prefix)
        where !expectation.Leads(device, prefix) && !underlay.AnyIn(prefix) && !RouteExpectation.HasOtherWay(device, prefix)
        let why = expectation.For(peer, prefix)
        where why is not null
        select new MissingRoute(peer, prefix, why.Value.Confidence, why.Value.Because);

    private RuleFinding Build(MeshModel mesh, DeviceView device, IpFamily family, List<MissingRoute> missing)
    {
        var prefixes = missing.Select(item => item.Prefix).Distinct().ToList();
        var observed = missing.Exists(item => item.Peer.Remote is not null);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} has no route into {device.Name} for {DisplayText.Join(prefixes, 3)} ({DisplayText.Join(missing.Select(item => item.Peer.RemoteName).Distinct(), 3)}); such packets leave in clear text by another way or are refused.",
            Confidence = missing.Max(item => item.Confidence),
            Severity = observed ? Descriptor.Severity : Severity.Warning,
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
}
