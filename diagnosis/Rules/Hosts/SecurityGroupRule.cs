// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Handshake;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Hosts;

/// <summary>
/// Signal: between two machines of a cloud, UDP to WireGuard's port does not arrive while UDP to another port does, and no filter of either node drops it.
/// Threshold: three test datagrams of random bytes to each port, all of the one lost and most of the other arrived.
/// Traps: an inspection of contents loses handshakes whatever the port; without tests it is WG-UDP-BLOCKED-PATH, which names the security group as one of
/// several reasons.
/// </summary>
internal sealed class SecurityGroupRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-CLOUD-SECURITY-GROUP", Layer.Firewall, Severity.Critical, "A security group lacks WireGuard's port")
    {
        Precedence = Rules.Precedence.OuterPath + 3,
        StopsHandshake = true,
        Explanation = "The cloud's own filter (security group, network security group, access list) drops the port in front of the machine: neither node sees anything of it, and "
            + "nothing tells the sender.",
        FalsifiedBy = "A capture on the receiver's uplink shows the packets, or the group has a rule for the port from this source.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => mesh.Nodes
        .Where(node => Safe.List(node.Facts.OuterTests).Count > 0 && Clouds.NameOf(node) is not null)
        .SelectMany(node => node.Devices)
        .SelectMany(device => device.Peers)
        .Where(peer => Passes(peer, tunnelPort: true) == false && Passes(peer, tunnelPort: false) == true
            && peer.Remote is { } remote && Clouds.NameOf(remote.Node) is not null
            && !Blockades.Of(peer.Device).Concat(Blockades.Of(remote)).Any(blockade => blockade.Way == BlockedWay.Outer))
        .Select(Build);

    private static bool? Passes(PeerView peer, bool tunnelPort)
    {
        var tests = Outer.Tests(peer).Where(test => test.Kind == OuterTestKind.Random && test.TunnelPort == tunnelPort).ToList();
        var (sent, arrived) = (tests.Sum(test => (long)test.Sent), tests.Sum(test => (long)test.Arrived));
        if (sent < UdpDpiBlockRule.Enough) return null;
        return arrived == 0 ? false : arrived * 2 > sent ? true : null;
    }

    private RuleFinding Build(PeerView peer)
    {
        var port = peer.Endpoint?.Port ?? peer.Remote!.Fact.ListenPort;
        var draft = new FindingDraft(Descriptor, peer.Device)
        {
            Message = $"UDP port {port} from {peer.Device.Node.Name} does not get to {peer.RemoteName}, another port does: the cloud's filter in front of {peer.RemoteName} has no rule for it.",
            Confidence = 0.9,
            Entry = peer,
            Family = peer.Endpoint?.Address.Family,
        };
        foreach (var test in Outer.Tests(peer).Where(test => test.Kind == OuterTestKind.Random))
            draft.Evidence(peer.Device, $"test datagrams to {(test.TunnelPort ? $"port {port}" : "another port")}", $"{test.Arrived} of {test.Sent} arrived", null, "probe");
        draft.Evidence(peer.Device, "platform", Clouds.NameOf(peer.Device.Node)!, null, "dmi");
        return draft.Affects(peer, TunnelState.NoHandshake).Build();
    }
}
