// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>
/// Signal: the kernel's IPsec counters for packets that a policy refuses grow, and a tunnel of the same namespace tries and gets no handshake.
/// Threshold: one packet per window would be noise, three are retries of a handshake. Trap: clusters that really use IPsec count such packets while
/// their tunnels live, and are not reported.
/// </summary>
internal sealed class XfrmPolicyBlockRule : IRule
{
    /// <summary>A peer that tries sends an initiation every five seconds; in the shortest useful window that is three.</summary>
    private const ulong Refused = 2;

    private static readonly string[] Outward = ["Xfrm.OutPolBlock", "Xfrm.OutNoStates", "Xfrm.OutPolDead", "Xfrm.OutPolError"];
    private static readonly string[] Inward = ["Xfrm.InPolBlock", "Xfrm.InNoPols", "Xfrm.InTmplMismatch"];

    public RuleDescriptor Descriptor { get; } = new("WG-XFRM-POLICY-BLOCK", Layer.Firewall, Severity.Critical, "An IPsec policy refuses WireGuard's own packets")
    {
        Precedence = Rules.Precedence.Underlay + 7,
        Explanation = "IPsec policies are asked for every packet between the addresses they name, whatever the protocol. One that blocks, or wants a state that is not there, ends WireGuard's "
            + "packets: sending fails, or what arrives is dropped before the socket.",
        FalsifiedBy = "`ip xfrm policy` shows none that covers the two endpoints, or the handshake completes while it stands.",
        StopsHandshake = true,
        Reach = Reach.Tunnels,
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        let grown = Outward.Concat(Inward).Where(name => device.Namespace.CounterGrowth(name) >= Refused).ToList()
        where grown.Count > 0
        let silent = device.Peers.Where(peer => Session.State(peer, mesh.Thresholds) is SessionState.Never or SessionState.Old && Wants(peer, grown)).ToList()
        where silent.Count > 0
        select Build(device, grown, silent);

    private static bool Wants(PeerView peer, List<string> grown) =>
        (Session.Tries(peer) && grown.Exists(Outward.Contains)) || (peer.Reverse is { } other && Session.Tries(other) && grown.Exists(Inward.Contains))
        || (peer.Endpoint is not null && peer.Fact.PersistentKeepalive > 0)
        // What fails to be sent is not counted as sent: a userspace device shows it as more given to it than left it.
        || (peer is { Endpoint: not null, Device.IsUserspace: true } && grown.Exists(Outward.Contains) && Drops.Of(peer.Device).Outbound >= Refused);

    private RuleFinding Build(DeviceView device, List<string> grown, List<PeerView> silent)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"An IPsec policy on {device.Node.Name} refuses packets between {device.Name} and {DisplayText.Join(silent.Select(peer => peer.RemoteName), 3)}.",
            Confidence = grown.Exists(name => name is "Xfrm.OutPolBlock" or "Xfrm.InPolBlock") ? 0.88 : 0.75,
        };
        foreach (var name in grown)
            draft.Evidence(device, $"/proc/net/xfrm_stat {name.Replace(".", "", StringComparison.Ordinal)}", $"grew by {device.Namespace.CounterGrowth(name)} during the observation", "0", "/proc/net/xfrm_stat");
        foreach (var peer in silent) draft.Affects(peer, TunnelState.NoHandshake).Affects(peer.Reverse, TunnelState.NoHandshake);
        draft.Mend(new FilterCommands(device).Line("ip xfrm policy", null, "shows the policies; delete those that cover the endpoints with `ip xfrm policy delete`, after an IPsec that is still used has been ruled out"));
        return draft.Build();
    }
}
