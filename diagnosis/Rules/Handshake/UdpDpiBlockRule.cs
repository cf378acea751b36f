// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Handshake;

/// <summary>
/// Signal: test datagrams with random bytes get through to the peer's node, those that begin like a handshake do not.
/// Threshold: three of each kind, all of the one and none of the other.
/// Traps: the size is the same, so that it is no filter by length; a filter by DSCP is another finding; silent while nobody tested.
/// </summary>
internal sealed class UdpDpiBlockRule : IRule
{
    /// <summary>One or two may be lost by chance.</summary>
    public const int Enough = 3;

    public RuleDescriptor Descriptor { get; } = new("WG-UDP-DPI-BLOCK", Layer.Firewall, Severity.Critical, "Packets that look like WireGuard are filtered out")
    {
        Precedence = Rules.Precedence.OuterPath + 2,
        StopsHandshake = true,
        Explanation = "Something on the way looks into the packets: UDP of any other content passes, WireGuard's messages are dropped. Another port changes nothing.",
        FalsifiedBy = "A capture at the peer shows initiations (148 bytes, beginning 01 00 00 00) that this node sent.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => mesh.Nodes
        .Where(node => Safe.List(node.Facts.OuterTests).Count > 0)
        .SelectMany(node => node.Devices)
        .SelectMany(device => device.Peers)
        .Where(peer => OuterTests.Pass(peer, OuterTestKind.Random) == true && OuterTests.Pass(peer, OuterTestKind.HandshakeShaped) == false
            && (peer.Reverse is not { } there || Outer.Capture(there) is not { Received.Initiations: > 0 }))
        .Select(Build);

    private RuleFinding Build(PeerView peer)
    {
        var draft = new FindingDraft(Descriptor, peer.Device)
        {
            Message = $"Between {peer.Device.Node.Name} and {peer.RemoteName} UDP passes, but not what looks like a WireGuard handshake: something on the way inspects packets.",
            Confidence = 0.93,
            Entry = peer,
        };
        foreach (var test in Outer.Tests(peer).Where(test => test.Kind is OuterTestKind.Random or OuterTestKind.HandshakeShaped))
            draft.Evidence(peer.Device, $"test datagrams, {(test.Kind == OuterTestKind.Random ? "random bytes" : "beginning like a handshake")}", $"{test.Arrived} of {test.Sent} arrived", null, "probe");
        return draft.Affects(peer, TunnelState.NoHandshake).Build();
    }
}
