// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Time;

/// <summary>
/// Signal: both ends note one handshake at times that lie further apart than 30 s, though for both it is equally old.
/// Threshold: two tunnels of the node that show the same difference within 2 s; facts of one run only (equal ages within 5 s).
/// Traps: facts that were recorded at different times look alike on one tunnel; the node with a clock that nobody keeps right is named, else the one that differs from several.
/// </summary>
internal sealed class ClockSkewRule : IRule
{
    private const double Largest = 30;
    private const double SameAge = 5;
    private const double SameSkew = 2;

    public RuleDescriptor Descriptor { get; } = new("WG-CLOCK-SKEW-CONTROLPLANE", Layer.Platform, Severity.Error, "A node's clock is wrong")
    {
        Precedence = Rules.Precedence.ControlPlane + 9,
        Explanation = "Control planes that judge nodes by time (Kilo by the age of its last sign of life), leases and certificates take a node with a wrong clock for gone. Tunnels go on working until one of them acts.",
        FalsifiedBy = "`date +%s` on both nodes at one time differs by less than a second.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var device in mesh.Devices)
        {
            var known = device.Peers.Select(peer => (Peer: peer, Skew: Skew(mesh, peer))).Where(item => item.Skew is not null).ToList();
            // All that could be compared say the same; the others agree among themselves, so this one is wrong.
            if (known.Count < 2 || !known.TrueForAll(item => Math.Abs(item.Skew!.Value) > Largest && Math.Abs(item.Skew.Value - known[0].Skew!.Value) <= SameSkew)) continue;
            if (known.Exists(item => Agrees(mesh, item.Peer.Remote!, device))) yield return Build(device, [.. known.Select(item => item.Peer)], known[0].Skew!.Value);
        }
    }

    private static bool Agrees(MeshModel mesh, DeviceView other, DeviceView suspect) =>
        other.Peers.Any(peer => peer.Remote != suspect && Skew(mesh, peer) is { } skew && Math.Abs(skew) <= SameSkew);

    /// <summary>How far this end's clock is ahead of the other's, in seconds; null when it is not known.</summary>
    private static double? Skew(MeshModel mesh, PeerView peer)
    {
        if (peer.Reverse is not { IsCounted: false } far) return null;
        if (Session.State(peer, mesh.Thresholds) != SessionState.Fresh || Session.State(far, mesh.Thresholds) != SessionState.Fresh) return null;
        if (Math.Abs((Session.Age(peer)!.Value - Session.Age(far)!.Value).TotalSeconds) > SameAge) return null;
        return (peer.Fact.LastHandshake!.Value - far.Fact.LastHandshake!.Value).TotalSeconds;
    }

    private RuleFinding Build(DeviceView device, List<PeerView> peers, double skew)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"The clock of {device.Node.Name} is {Math.Abs(skew):0} s {(skew > 0 ? "ahead of" : "behind")} that of {DisplayText.Join(peers.Select(peer => peer.RemoteName), 3)}.",
            Confidence = 0.8,
            Severity = Severity.Warning,
        };
        foreach (var peer in peers.Take(4))
            draft.Evidence(device, $"one handshake with {peer.RemoteName}", $"{peer.Fact.LastHandshake:O} here", $"{peer.Reverse!.Fact.LastHandshake:O} there");
        if (device.Node.Facts.Host?.Clock?.Value is { Synchronised: { } right }) draft.Evidence(device, "clock is kept right by somebody", right ? "yes" : "no", "yes", "adjtimex");
        return draft.Build();
    }
}
