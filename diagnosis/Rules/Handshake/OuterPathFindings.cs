// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis.Rules.Handshake;

/// <summary>What the findings about the way of the outer packets have in common: the counters of both ends, and who else suffers.</summary>
internal static class OuterPathFindings
{
    /// <summary>True when the tunnel tries in vain and everything that both ends know of each other fits, so that the fault lies between them.</summary>
    public static TruthRow? Row(MeshModel mesh, PeerView tunnel)
    {
        if (tunnel.Device.Link is { Up: false } || tunnel.Reverse is not { } there || there.Device.Link is { Up: false } || tunnel.Endpoint is null) return null;
        if (there.Device.Fact.ListenPort == 0) return null;
        var dead = Session.State(tunnel, mesh.Thresholds) is SessionState.Never or SessionState.Old;
        // On a living session the other end asks for a new one when it hears nothing; only its data proves that it is answered.
        if (dead ? tunnel.Fact.Received.Grew : Traffic.IsData(tunnel.Fact.Received, tunnel)) return null;
        if (dead ? !Session.Tries(tunnel) : Traffic.DataGrowth(tunnel.Fact.Sent, tunnel) < TunnelCounters.EnoughData) return null;
        return TruthTable.Match(PairReader.Of(mesh, tunnel));
    }

    public static FindingDraft Begin(RuleDescriptor rule, DeviceView culprit, IReadOnlyList<PeerView> tunnels, string message, double confidence)
    {
        var draft = new FindingDraft(rule, culprit)
        {
            Message = message,
            Confidence = confidence,
            Entry = tunnels.Count == 1 && tunnels[0].Device == culprit ? tunnels[0] : null,
            Family = tunnels.Select(tunnel => tunnel.Endpoint!.Value.Address.Family).Distinct().Count() == 1 ? tunnels[0].Endpoint!.Value.Address.Family : null,
        };
        foreach (var tunnel in tunnels)
        {
            draft.Evidence(tunnel.Device, $"wg show {tunnel.Device.Name} transfer", $"to {tunnel.RemoteName}: sent {Growth(tunnel.Fact.Sent)}, received {Growth(tunnel.Fact.Received)}", null);
            if (tunnel.Reverse is { } there)
                draft.Evidence(there.Device, $"wg show {there.Device.Name} transfer", $"from {tunnel.Device.Node.Name}: received {Growth(there.Fact.Received)}, sent {Growth(there.Fact.Sent)}", null);
            draft.Affects(tunnel, TunnelState.NoHandshake);
        }

        return draft;
    }

    /// <summary>Which ends the tunnels share, in words.</summary>
    public static string Between(DeviceView culprit, IReadOnlyList<PeerView> tunnels)
    {
        var to = tunnels.Where(tunnel => tunnel.Device == culprit).Select(tunnel => tunnel.RemoteName).Distinct().ToList();
        var from = tunnels.Where(tunnel => tunnel.Device != culprit).Select(tunnel => tunnel.Device.Node.Name).Distinct().ToList();
        var (here, both) = (culprit.Node.Name, from.Intersect(to, StringComparer.Ordinal).Count() == Math.Max(from.Count, to.Count));
        if (from.Count == 0) return $"from {here} to {DisplayText.Join(to, 3)}";
        if (to.Count == 0) return $"from {DisplayText.Join(from, 3)} to {here}";
        return both ? $"between {here} and {DisplayText.Join(to, 3)}" : $"between {here} and {DisplayText.Join(from.Union(to, StringComparer.Ordinal), 3)}";
    }

    private static string Growth(Facts.Counter counter) => counter.Growth is { } growth ? $"{growth} bytes during the observation" : $"{counter.Value} bytes ever";
}
