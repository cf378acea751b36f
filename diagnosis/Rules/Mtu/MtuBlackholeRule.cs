// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Performance;

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>
/// Signal: between two nodes the large packets are lost and the small ones pass. Seen by a test of sizes inside the tunnel, or by the mean size of what is missing.
/// Threshold: a test that lost sizes which the device sends, without a word; or four packets of at least 576 bytes, twice as large as what arrives.
/// Traps: fragments, an MTU that does not fit, a filter for ICMP tell more and explain this; random loss takes small packets as well; a cached path MTU changes tests.
/// </summary>
internal sealed class MtuBlackholeRule : IRule
{
    private const ulong LeastBytes = 1000;
    private const double LeastShare = 0.1;

    public RuleDescriptor Descriptor { get; } = new("WG-MTU-BLACKHOLE", Layer.Mtu, Severity.Error, "Large packets vanish on the way")
    {
        Precedence = Rules.Precedence.Data + 8,
        Reach = Reach.Tunnels,
        ExplainedBy = ["WG-MTU-UNDERLAY-CHANGED", "WG-IPV6-OVERHEAD", "WG-MTU-TOO-BIG", "WG-FRAGMENT-DROP", "WG-ICMP-PMTU-FILTERED", "WG-MTU-ASYMMETRIC", "WG-MTU-POD-MISMATCH", "WG-OFFLOAD-GSO-UDP", "WG-MTU-PADDING-BPF"],
        Explanation = "Somewhere between the nodes the path is narrower than the tunnel assumes, and nobody tells: what is larger disappears. Handshakes, pings and the first packets of a connection pass, "
            + "so connections open and then stall.",
        FalsifiedBy = "`ping -M do` with the device's MTU through the tunnel is answered.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var tunnel in mesh.Peers.Where(peer => !peer.IsCounted && peer.Device.Link is { Up: true }))
        {
            if (SizeTests.Of(tunnel, inside: true) is { Passed: not null, Lost: { } lost, Told: not true } test && lost <= tunnel.Device.Link!.Mtu)
                yield return Tested(tunnel, test);
            else if (PathDifference.Of(mesh, tunnel) is { Lost: >= LeastBytes, Share: >= LeastShare } difference && LossBySize.Of(mesh, tunnel, difference) is { } sizes)
                yield return Counted(tunnel, difference, sizes);
        }
    }

    private RuleFinding Tested(PeerView tunnel, SizeTestFact test)
    {
        var device = tunnel.Device;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"From {device.Node.Name} to {tunnel.RemoteName} packets of {test.Passed} bytes pass and those of {test.Lost} vanish without a message; {device.Name} sends up to {device.Link!.Mtu}.",
            Confidence = 0.95,
            Entry = tunnel,
            Family = tunnel.Endpoint?.Address.Family,
        };
        draft.Evidence(device, $"packets with DF through {device.Name}", $"{test.Passed} bytes pass, {test.Lost} do not", $"{device.Link.Mtu}", "probe");
        draft.Mend(new NodeCommands(device).Mtu(test.Passed!.Value, device.Link.Mtu));
        if (tunnel.Reverse?.Device is { Link: { } link } far && link.Mtu > test.Passed) draft.Mend(new NodeCommands(far).Mtu(test.Passed.Value, link.Mtu));
        return draft.Affects(tunnel, TunnelState.MtuBlackhole).Build();
    }

    private RuleFinding Counted(PeerView tunnel, PathDifference difference, LossBySize sizes)
    {
        var (device, far) = (tunnel.Device, tunnel.Reverse!.Device);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"What {device.Node.Name} sends to {far.Node.Name} and does not arrive are large packets: {sizes.Packets} of about {sizes.MissingSize:0} bytes are missing, what arrives has {sizes.ArrivedSize:0} in the mean.",
            Confidence = 0.82,
            Entry = tunnel,
            Family = tunnel.Endpoint?.Address.Family,
        };
        draft.Evidence(device, $"wg show {device.Name} transfer: sent to {far.Node.Name}", $"+{difference.Sent}", null);
        draft.Evidence(far, $"wg show {far.Name} transfer: received from {device.Node.Name}", $"+{difference.Received}", $"about +{difference.Sent}");
        draft.Evidence(device, $"ip -s link show {device.Name}: TX packets", $"+{device.Link!.Counters!.TxPackets.Growth}", null, "rtnetlink");
        draft.Evidence(far, $"ip -s link show {far.Name}: RX packets, bytes", $"+{far.Link!.Counters!.RxPackets.Growth}, +{far.Link.Counters.RxBytes.Growth}", null, "rtnetlink");
        return draft.Affects(tunnel, TunnelState.MtuBlackhole).Build();
    }
}
