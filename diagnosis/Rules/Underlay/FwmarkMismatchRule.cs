// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Underlay;

/// <summary>
/// Signal: a rule "not fwmark M" leads to a table with routes into the device, the device marks its packets with something that M does not match, and packets to an
/// endpoint with the device's own mark go into the device.
/// Threshold: the kernel's answer for the endpoint, or where it was not asked the rules themselves.
/// Traps: no mark and no mark rules is normal; an endpoint with a way of its own in main is not caught; rules of another device's table.
/// </summary>
internal sealed class FwmarkMismatchRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-FWMARK-MISMATCH", Layer.Route, Severity.Critical, "The device's mark and its rule's differ")
    {
        Precedence = Rules.Precedence.Underlay,
        StopsHandshake = true,
        Explanation = "The mark keeps WireGuard's own packets out of the routes into the tunnel. When the device sets another mark than the rule exempts, the encrypted packets are routed "
            + "into the tunnel again: the kernel sees the loop and drops them, and nothing reaches a peer.",
        FalsifiedBy = "`ip route get <endpoint> mark <device's mark>` names an uplink.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true } && device.Namespace.RoutesRead
        from rule in Safe.List(device.Namespace.Facts.Rules)
        where rule is { Invert: true, Action: 1, Mark: not null, OtherSelectors: false } && (device.Fact.FirewallMark & (rule.MarkMask ?? uint.MaxValue)) != rule.Mark
        where device.RoutesInto(rule.Family).Any(route => route.Table == rule.Table)
        let looping = device.Peers.Where(peer => Loops(device, peer, rule)).ToList()
        where looping.Count > 0
        select Build(device, rule, looping);

    private static bool Loops(DeviceView device, PeerView peer, RuleFact rule)
    {
        if (peer.Endpoint is not { } endpoint || endpoint.Address.Family != rule.Family) return false;
        var kernel = device.Namespace.Lookups.ForEndpoint(device, endpoint.Address);
        if (kernel is not null) return kernel.Error is "ELOOP" || (kernel.Link == device.Link!.Index && (kernel.Table is null || kernel.Table == rule.Table));
        return device.Namespace.Fib.Follow(new Flow(endpoint.Address, Mark: device.Fact.FirewallMark)) is { Sure: true, Route: { } route } answer
            && answer.Rule == rule && NamespaceView.LeadsTo(route, device.Link!.Index);
    }

    private RuleFinding Build(DeviceView device, RuleFact rule, List<PeerView> looping)
    {
        var ip = rule.Family == IpFamily.IPv6 ? "ip -6" : "ip";
        var mark = device.Fact.FirewallMark;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Device {device.Name} on {device.Node.Name} marks its packets 0x{mark:x}, but the rule for its table {rule.Table} exempts 0x{rule.Mark:x}: they are routed into the tunnel again.",
            Confidence = 0.97,
            Family = rule.Family,
        };
        draft.Evidence(device, $"wg show {device.Name} fwmark", mark == 0 ? "off" : $"0x{mark:x}", $"0x{rule.Mark:x}");
        draft.Evidence(device, $"{ip} rule", NamespaceCommands.Text(rule) ?? $"prio {rule.Priority}", null, "rtnetlink");
        var first = looping[0].Endpoint!.Value.Address;
        draft.Evidence(device, $"{ip} route get {first} mark 0x{mark:x}", $"dev {device.Name}", "an uplink", "rtnetlink");
        draft.Mend(new NamespaceCommands(device.Namespace).FirewallMark(device.RawName, rule.Mark!.Value, mark));
        foreach (var peer in looping) draft.Affects(peer, TunnelState.NoHandshake).Affects(peer.Reverse, TunnelState.NoHandshake);
        return draft.Build();
    }
}
