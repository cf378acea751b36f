// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>
/// Signal: in one window the far end accepted fewer bytes than this end sent, though both have a session and part of the data arrives.
/// Threshold: a tenth, and 640 bytes (five pings), so that a packet on its way is no loss.
/// Traps: losses that a counter of the far end explains (checksums, buffers, AllowedIPs, fragments) are not the path's; windows that lie apart; a far end
/// that was made anew during the observation.
/// </summary>
internal sealed class PathLossRule : IRule
{
    private const double LeastShare = 0.1;
    private const ulong LeastBytes = 640;

    /// <summary>Below this too little arrives for a lossy path; something stops the data as a whole.</summary>
    private const double MostShare = 0.8;

    /// <summary>The first data of a session comes a moment after its handshake, which then lies before the window.</summary>
    private const double HandshakeSlack = 5;

    private static readonly string[] Explained =
        ["Udp.InCsumErrors", "Udp6.InCsumErrors", "Udp.RcvbufErrors", "Udp6.RcvbufErrors", "Ip.ReasmFails", "Ip6.ReasmFails"];

    public RuleDescriptor Descriptor { get; } = new("WG-PATH-LOSS", Layer.Performance, Severity.Error, "Packets get lost between two nodes")
    {
        Precedence = Rules.Precedence.Performance + 5,
        ExplainedBy =
        [
            "WG-FRAGMENT-DROP", "WG-MTU-UNDERLAY-CHANGED", "WG-MTU-TOO-BIG", "WG-MTU-ASYMMETRIC", "WG-MTU-BLACKHOLE", "WG-MTU-PADDING-BPF", "WG-MTU-ROUTE-HOST-PLANE", "WG-OFFLOAD-GSO-UDP",
            "WG-QDISC-DROP", "WG-UDP-RATE-LIMIT", "WG-CPU-THROTTLED", "WG-ENDPOINT-NAT-REBIND", "WG-HARDWARE-DRIVER-LOG",
        ],
        Explanation = "WireGuard does not send anything again. What the underlay loses is missing inside: TCP slows down with the root of the loss, UDP programs see holes. Neither end counts an error.",
        FalsifiedBy = "A ping between the nodes outside the tunnel loses nothing at the same rate and size, or one of the nodes counts these packets as dropped.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from tunnel in mesh.Peers
        let difference = PathDifference.Of(mesh, tunnel)
        where difference is { Lost: >= LeastBytes, Share: <= MostShare } && difference.Share >= LeastShare + difference.Shift
        let far = tunnel.Reverse!.Device
        where !IsExplained(tunnel.Device, far) && !BeganAnew(tunnel)
        select Build(tunnel, far, difference);

    // A device that was made anew cannot read what is sent on the session before, until the other end notices (15 s): lost, but not on the way. The new session
    // is younger than the window then, and nearly all that the far end ever received came in this window.
    private static bool BeganAnew(PeerView tunnel) =>
        tunnel.Reverse is { } far && Session.Age(far) is { } age && age.TotalSeconds <= far.Device.Node.Observed + HandshakeSlack
        && far.Fact.Received is { Growth: { } growth, Value: var ever } && ever <= growth + LeastBytes;

    private static bool IsExplained(DeviceView near, DeviceView far) =>
        Explained.Any(name => far.Namespace.CounterGrowth(name) > 0)
        || far.Link?.Counters is { RxErrors.Grew: true } or { RxFrameErrors.Grew: true } or { RxDropped.Grew: true }
        || Safe.List(far.Node.Facts.Host?.Softnet).Any(cpu => cpu.Dropped.Grew)
        || FragmentCounters.AreLost(near, far);

    private RuleFinding Build(PeerView tunnel, DeviceView far, PathDifference difference)
    {
        var (from, to) = (tunnel.Device.Node.Name, far.Node.Name);
        var draft = new FindingDraft(Descriptor, tunnel.Device)
        {
            Message = $"{difference.Share:P0} of what {from} sends to {to} does not arrive: {difference.Sent} bytes left, {difference.Received} were accepted in the same {tunnel.Device.Node.Observed:0} s.",
            Confidence = difference.Share >= 2 * LeastShare ? 0.75 : 0.65,
            Entry = tunnel,
            Family = tunnel.Endpoint?.Address.Family,
        };
        draft.Evidence(tunnel.Device, $"wg show {tunnel.Device.Name} transfer: sent to {to}", $"+{difference.Sent}", null);
        draft.Evidence(far, $"wg show {far.Name} transfer: received from {from}", $"+{difference.Received}", $"about +{difference.Sent}");
        return draft.Affects(tunnel, TunnelState.Degraded).Build();
    }
}
