// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Handshake;

/// <summary>
/// Signal: test datagrams with the mark that the kernel gives its handshakes (TOS 0x88) do not get through, the same without the mark do.
/// Threshold: three of each kind, all of the one and none of the other.
/// Traps: a userspace device does not mark its handshakes, so that nothing is lost there; silent while nobody tested.
/// </summary>
internal sealed class HandshakeDscpDropRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-HANDSHAKE-DSCP-DROP", Layer.Firewall, Severity.Error, "Handshakes are dropped for their DSCP mark")
    {
        Precedence = Rules.Precedence.OuterPath + 3,
        StopsHandshake = true,
        Explanation = "The kernel sends handshakes with DSCP AF41 and data with the inner packet's mark or none. A policy that drops or diverts AF41 lets a living session pass and every "
            + "renewal fail, so that the tunnel dies 180 s after the last one.",
        FalsifiedBy = "Captures at both ends show handshakes with TOS 0x88 leaving and arriving.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => mesh.Nodes
        .Where(node => Safe.List(node.Facts.OuterTests).Count > 0)
        .SelectMany(node => node.Devices)
        .Where(device => !device.IsUserspace)
        .SelectMany(device => device.Peers)
        .Where(peer => OuterTests.Pass(peer, OuterTestKind.Random) == true && OuterTests.Pass(peer, OuterTestKind.HandshakeTos) == false)
        .Select(peer => Build(mesh, peer));

    private RuleFinding Build(MeshModel mesh, PeerView peer)
    {
        var alive = Session.State(peer, mesh.Thresholds) == SessionState.Fresh;
        var draft = new FindingDraft(Descriptor, peer.Device)
        {
            Message = $"Between {peer.Device.Node.Name} and {peer.RemoteName} packets with the DSCP mark of handshakes (AF41) are dropped{(alive ? "; the session will die at its next renewal" : "")}.",
            Confidence = 0.92,
            Severity = alive ? Descriptor.Severity : Severity.Critical,
            Entry = peer,
        };
        foreach (var test in Outer.Tests(peer).Where(test => test.Kind is OuterTestKind.Random or OuterTestKind.HandshakeTos))
            draft.Evidence(peer.Device, $"test datagrams, {(test.Kind == OuterTestKind.Random ? "TOS 0" : "TOS 0x88")}", $"{test.Arrived} of {test.Sent} arrived", null, "probe");
        return draft.Affects(peer, alive ? TunnelState.Degraded : TunnelState.NoHandshake).Build();
    }
}
