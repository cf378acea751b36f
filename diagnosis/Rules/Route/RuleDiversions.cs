// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>A routing rule that takes packets from their tunnel.</summary>
/// <param name="Peer">Whose packets.</param>
/// <param name="Prefix">The AllowedIPs prefix they go to.</param>
/// <param name="Source">A source they come from; null = this node's own.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Route">The route that it leads to; null when the rule itself refuses.</param>
/// <param name="Asked">The kernel itself was asked, and its answer fits.</param>
internal sealed record Diversion(PeerView Peer, IpPrefix Prefix, IpAddr? Source, RuleFact Rule, RouteFact? Route, bool Asked)
{
    public DeviceView Device => Peer.Device;

    /// <summary>The packets are refused or vanish; else they leave by another device.</summary>
    public bool IsRefusal => Route is null || Route.Type is RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit;
}

/// <summary>
/// Follows packets into each AllowedIPs prefix through the routing rules as the kernel does: this node's own ones, and ones from each network behind it, with
/// their source and incoming device. What the kernel answered for the same packet must agree.
/// </summary>
internal static class RuleDiversions
{
    private const int NetworkLimit = 8;
    private const byte ToTable = 1;

    public static IEnumerable<Diversion> Find(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true } && device.Namespace.RoutesRead && HasOwnRules(device)
        let networks = Networks(device)
        from peer in device.Peers
        from prefix in peer.AllowedIps
        where PrefixMath.IsRoutable(prefix) && device.HasRouteFor(prefix)
        let found = networks.Where(network => network is null || network.Value.Host.Family == prefix.Family)
            .Select(network => Follow(device, peer, prefix, network)).FirstOrDefault(diversion => diversion is not null)
        where found is not null
        select found;

    // The three rules that every kernel has divert nothing.
    private static bool HasOwnRules(DeviceView device) => Safe.List(device.Namespace.Facts.Rules).Any(rule =>
        rule is not { Action: ToTable, Table: PolicyRules.LocalTable or PolicyRules.MainTable or PolicyRules.DefaultTable });

    // Networks whose packets the far side takes from this node: those are meant for the tunnel.
    private static List<(IpAddr Host, LinkFact Link)?> Networks(DeviceView device) =>
    [
        null,
        .. device.Namespace.LocalNetworks
            .Where(local => device.HeldBy.Exists(entry => entry.Covers(local.Prefix)))
            .Select(local => ((IpAddr Host, LinkFact Link)?)(PrefixMath.Representative(local.Prefix), device.Namespace.LinkByIndex(local.Link)!))
            .Take(NetworkLimit),
    ];

    private static Diversion? Follow(DeviceView device, PeerView peer, IpPrefix prefix, (IpAddr Host, LinkFact Link)? from)
    {
        var ns = device.Namespace;
        var flow = new Flow(PrefixMath.Representative(prefix), from?.Host, from?.Link.Name);
        if (ns.Fib.Follow(flow) is not { Sure: true } answer || answer.Rule.Table is PolicyRules.LocalTable) return null;
        if (answer.Route is { } route)
        {
            var asksMain = answer.Rule.Table is PolicyRules.MainTable or PolicyRules.DefaultTable;
            // The main table is asked in the end anyway; only a rule that comes before the tunnel's own diverts.
            if (NamespaceView.LeadsTo(route, device.Link!.Index) || (asksMain && !IsAskedEarly(device, answer.Rule, prefix))) return null;
            if (route.Type == RouteType.Unicast && (!RouteConvention.IsStatic(route) || route.NextHops.Any(hop => ns.IsWireGuard(hop.Link)))) return null;
        }

        var kernel = from is { } network
            ? ns.Lookups.Forwarded(device).FirstOrDefault(lookup => lookup.Prefix == prefix && lookup.InputLink == network.Link.Index)
            : ns.Lookups.ForPrefix(device, prefix);
        // The kernel saw this very packet and sends it into the tunnel: something that is not among the facts decides.
        if (kernel is { Error: null, Type: RouteType.Unicast } && kernel.Link == device.Link!.Index) return null;
        return new Diversion(peer, prefix, from?.Host, answer.Rule, answer.Route, kernel is not null);
    }

    // A rule for some packets that sends them to main although a later one, or main without it, has the tunnel.
    private static bool IsAskedEarly(DeviceView device, RuleFact rule, IpPrefix prefix) =>
        rule.SuppressPrefixLength is null
        && (rule.From is { IsDefault: false } || rule.To is { IsDefault: false } || !string.IsNullOrEmpty(rule.InputInterface))
        && device.CoveringRoute(prefix) is { } own && own.Table != rule.Table;
}
