// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>Turns diversions into findings: one for each rule.</summary>
internal static class DiversionFindings
{
    private const double KernelAgrees = 0.95;
    private const double FromRulesAlone = 0.82;

    public static IEnumerable<RuleFinding> Make(RuleDescriptor descriptor, MeshModel mesh, bool refusals) => RuleDiversions.Find(mesh)
        .Where(diversion => diversion.IsRefusal == refusals)
        .GroupBy(diversion => (diversion.Device, diversion.Rule))
        .Select(group => Build(descriptor, [.. group]));

    private static RuleFinding Build(RuleDescriptor descriptor, List<Diversion> diversions)
    {
        var first = diversions[0];
        var (device, rule) = (first.Device, first.Rule);
        var ip = rule.Family == IpFamily.IPv6 ? "ip -6" : "ip";
        var text = NamespaceCommands.Text(rule) ?? $"prio {rule.Priority}";
        var prefixes = diversions.Select(diversion => diversion.Prefix).Distinct().ToList();
        var does = first.Route is { } route
            ? $"leads to {Way(device, route)} in table {rule.Table}"
            : $"refuses them ({text.Split(' ')[^1]})";
        var draft = new FindingDraft(descriptor, device)
        {
            Message = $"On {device.Node.Name} the rule \"{text}\" takes packets to {DisplayText.Join(prefixes, 3)}{(first.Source is { } source ? $" from {source} and its network" : "")} away from {device.Name}: it {does}.",
            Confidence = diversions.Exists(diversion => diversion.Asked) ? KernelAgrees : FromRulesAlone,
            Family = rule.Family,
            Entry = diversions.Select(diversion => diversion.Peer).Distinct().Count() == 1 ? first.Peer : null,
            Prefixes = prefixes,
        };
        draft.Evidence(device, $"{ip} rule", text, null, "rtnetlink");
        if (first.Route is not null) draft.Evidence(device, $"{ip} route show table {rule.Table}", Way(device, first.Route), $"dev {device.Name}", "rtnetlink");
        foreach (var lookup in device.Namespace.Lookups.Forwarded(device).Where(lookup => first.Source is not null && lookup.Prefix == first.Prefix).Take(2))
            draft.Evidence(device, $"{ip} route get {lookup.Destination} from {lookup.From} iif {device.Namespace.LinkName(lookup.InputLink!.Value)}", lookup.Error ?? $"dev {device.Namespace.LinkName(lookup.Link ?? 0)}", $"dev {device.Name}", "rtnetlink");
        draft.Mend(new NamespaceCommands(device.Namespace).DeleteRule(rule));
        foreach (var peer in diversions.Select(diversion => diversion.Peer).Distinct()) draft.Affects(peer, TunnelState.NotRoutedIn);
        return draft.Build();
    }

    private static string Way(DeviceView device, RouteFact route)
    {
        var destination = route.Destination.IsDefault ? "default" : route.Destination.ToString();
        if (route.NextHops is not [var hop, ..]) return $"{route.Type.ToString().ToLowerInvariant()} {destination}";
        return $"{destination}{(hop.Gateway is { } gateway ? $" via {gateway}" : "")} dev {device.Namespace.LinkName(hop.Link)}";
    }
}
