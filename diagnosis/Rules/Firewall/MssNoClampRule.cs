// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>
/// Signal: what is behind the node has a greater MTU than the tunnel, no rule sets the MSS of TCP, and the messages that would make up for it are dropped on
/// this node. Threshold: none. Traps: with the tunnel's MTU on the pods the MSS is right by itself; with path MTU discovery that works none is needed,
/// so a missing clamp alone is nothing.
/// </summary>
internal sealed class MssNoClampRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-MSS-NO-CLAMP", Layer.Mtu, Severity.Warning, "TCP agrees on segments that do not fit the tunnel")
    {
        Precedence = Rules.Precedence.Data + 6,
        Explanation = "Both ends of a TCP connection derive the size of their segments from their own device. Behind a tunnel that is too much; either the MSS is rewritten on the way, or ICMP tells "
            + "the sender. Here neither happens.",
        FalsifiedBy = "A SYN on the tunnel has an MSS of at most the tunnel's MTU minus 40 (IPv6: 60).",
        ExplainedBy = ["WG-ICMP-PMTU-FILTERED"],
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        from walk in IcmpPmtuFilteredRule.Filtered(device)
        where walk is { Purpose: WalkPurpose.TooBigOut, ClampsMss: false } && IcmpPmtuFilteredRule.IsNeeded(device, walk)
        select Build(device, walk);

    private RuleFinding Build(DeviceView device, WalkFact walk)
    {
        var commands = new FilterCommands(device);
        var tool = walk.Family == Net.IpFamily.IPv6 ? "ip6tables" : "iptables";
        return new FindingDraft(Descriptor, device)
        {
            Message = $"No rule on {device.Node.Name} sets the MSS of TCP for {device.Name}, and the messages that would make up for it are dropped.",
            Confidence = 0.7,
            Family = walk.Family,
            Prefixes = walk.Local is { } local ? [local] : [],
        }
        .Evidence(device, "rules that set the MSS", "none", "one for each direction", "packet walk")
        .Evidence(device, $"ip link show {device.Name}", $"mtu {device.Link!.Mtu}", null, "rtnetlink RTM_GETLINK")
        .Mend(
            commands.Line(
                Shell.Line(tool, "-t mangle -A FORWARD -o", commands.Device, "-p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu"),
                Shell.Line(tool, "-t mangle -D FORWARD -o", commands.Device, "-p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu")),
            commands.Line(
                Shell.Line(tool, "-t mangle -A FORWARD -i", commands.Device, "-p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu"),
                Shell.Line(tool, "-t mangle -D FORWARD -i", commands.Device, "-p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu")))
        .Build();
    }
}
