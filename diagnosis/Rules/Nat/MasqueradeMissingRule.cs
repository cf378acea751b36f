// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Nat;

/// <summary>
/// Signal: a peer sends everything to this node, the way out of the tunnel to the world is open and nothing translates the source, and flows
/// from the tunnel to the world stay without any answer. Threshold: as many unanswered flows as a client's first retries, and none answered. Trap:
/// networks that have a route back answer; where no flow is seen it is not known.
/// </summary>
internal sealed class MasqueradeMissingRule : IRule
{
    /// <summary>A browser's or resolver's first attempts; fewer can be a dead host.</summary>
    private const int Unanswered = 3;

    public RuleDescriptor Descriptor { get; } = new("WG-MASQUERADE-MISSING", Layer.Nat, Severity.Error, "The way out of the tunnel does not translate private sources")
    {
        Precedence = Rules.Precedence.Beyond + 2,
        Explanation = "Packets leave the tunnel for the internet with the tunnel's private addresses as source. Nobody out there has a route back to them, so answers never come.",
        FalsifiedBy = "A host outside answers, or the next router has a route back to the tunnel's addresses.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        from family in new[] { IpFamily.IPv4, IpFamily.IPv6 }
        where device.HeldBy.Exists(entry => entry.AllowedIps.Any(prefix => prefix.IsDefault && prefix.Family == family))
            && Blockades.WalksOf(device).Any(walk => walk.Purpose == WalkPurpose.Exit && walk.Family == family && walk is { Result: WalkResult.Passed, Nat: null, Protocols: null })
        let flows = (device.Namespace.Facts.ConntrackFlows?.Value?.Inner ?? []).Where(flow => IsOutward(flow, device, family)).ToList()
        where flows.Count(flow => !Answered(flow)) >= Unanswered && !flows.Exists(Answered)
        select Build(device, family, flows);

    private static bool Answered(ConntrackFlow flow) => (flow.Status & ConntrackStatus.SeenReply) != ConntrackStatus.None;

    private static bool IsOutward(ConntrackFlow flow, DeviceView device, IpFamily family) =>
        flow.Original.Source.Family == family && flow.Reply.Destination == flow.Original.Source
        && device.Cryptokey.Owner(IpPrefix.Host(flow.Original.Source)) is not null
        && device.Cryptokey.Owner(IpPrefix.Host(flow.Original.Destination)) is null
        && !device.Namespace.Addresses.Any(own => own.Address == flow.Original.Destination)
        && !device.Namespace.LocalNetworks.Exists(local => local.Prefix.Contains(flow.Original.Destination));

    private RuleFinding Build(DeviceView device, IpFamily family, List<ConntrackFlow> flows)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} sends what comes out of {device.Name} for the world on with its private source, and {flows.Count} flows got no answer.",
            Confidence = 0.8,
            Family = family,
        };
        foreach (var flow in flows.Take(4)) draft.Evidence(device, "conntrack -L", $"{flow.Original.Source} to {flow.Original.Destination} [UNREPLIED]", "translated and answered", "ctnetlink IPCTNL_MSG_CT_GET");
        foreach (var entry in device.HeldBy.Where(entry => entry.AllowedIps.Any(prefix => prefix.IsDefault && prefix.Family == family))) draft.Affects(entry, TunnelState.Degraded);
        var commands = new FilterCommands(device);
        var tool = family == IpFamily.IPv6 ? "ip6tables" : "iptables";
        foreach (var link in device.Namespace.UnderlayLinks.Order().Take(1))
        {
            var name = Shell.Word(device.Namespace.LinkByIndex(link)?.Name);
            foreach (var source in flows.Select(flow => device.Cryptokey.Owner(IpPrefix.Host(flow.Original.Source))!.Value.Prefix).Distinct().Take(4))
                draft.Mend(commands.Line(Shell.Line(tool, "-t nat -A POSTROUTING -s", source.ToString(), "-o", name, "-j MASQUERADE"), Shell.Line(tool, "-t nat -D POSTROUTING -s", source.ToString(), "-o", name, "-j MASQUERADE")));
        }

        return draft.Build();
    }
}
