// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Handshake;

/// <summary>What the two handshake symptoms have in common.</summary>
internal static class HandshakeFindings
{
    public static RuleFinding Compose(RuleDescriptor rule, DeviceView culprit, IReadOnlyList<PeerView> tunnels, string what)
    {
        var others = tunnels.Select(tunnel => tunnel.Device == culprit ? tunnel.RemoteName : tunnel.Device.Node.Name).Distinct().ToList();
        var unreachable = tunnels.FirstOrDefault(tunnel => EndpointError(tunnel) is not null);
        var draft = new FindingDraft(rule, culprit)
        {
            Message = $"{what} between {culprit.Node.Name} ({culprit.Name}) and {DisplayText.Join(others, 3)}, although {(tunnels.All(tunnel => tunnel.Device == culprit) ? "it" : "someone")} tries"
                + (unreachable is null ? "." : $"; {unreachable.Device.Node.Name} cannot send to {unreachable.Endpoint}: {EndpointError(unreachable)}."),
            Confidence = tunnels.Max(Confidence),
            Entry = tunnels.Count == 1 && tunnels[0].Device == culprit ? tunnels[0] : null,
        };
        foreach (var tunnel in tunnels)
        {
            draft.Evidence(tunnel.Device, $"wg show {tunnel.Device.Name}", Observed(tunnel), "a handshake younger than 180 s");
            draft.Affects(tunnel, TunnelState.NoHandshake);
        }

        return draft.Build();
    }

    /// <summary>
    /// True for what looks like a laptop: not observed, only single addresses, on a device whose other peers are alive. It may simply be switched off.
    /// </summary>
    public static bool MayBeSwitchedOff(MeshModel mesh, PeerView tunnel) =>
        !tunnel.KeyIsKnown
        && tunnel.AllowedIps.All(prefix => prefix.IsHost)
        && (tunnel.Device.Unlisted?.Totals.Healthy > 0
            || tunnel.Device.Peers.Any(other => other != tunnel && Session.State(other, mesh.Thresholds) == SessionState.Fresh));

    /// <summary>What the kernel says when it may not send to the endpoint; null when it may or was not asked.</summary>
    public static string? EndpointError(PeerView tunnel) => tunnel.Endpoint is { } endpoint
        && tunnel.Device.Namespace.Lookups.ForEndpoint(tunnel.Device, endpoint.Address) is { } lookup
        ? lookup switch
        {
            { Error: { } error } => DisplayText.Name(error),
            { Type: RouteType.Unreachable or RouteType.Blackhole or RouteType.Prohibit } => lookup.Type.ToString().ToLowerInvariant(),
            _ => null,
        }
        : null;

    // One initiation may just be on its way when the observation ends.
    private static double Confidence(PeerView tunnel) =>
        tunnel.Fact.PersistentKeepalive > 0 || tunnel.Fact.Sent.Growth > Traffic.Initiation ? 0.9 : 0.6;

    private static string Observed(PeerView tunnel)
    {
        var age = Session.Age(tunnel) is { } span ? $"last handshake {span.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s ago" : "never a handshake";
        var growth = tunnel.Fact.Sent.Growth is { } sent ? $", sent {sent} bytes and received {tunnel.Fact.Received.Growth ?? 0} during the observation" : "";
        return $"{tunnel.RemoteName}: {age}, keepalive {tunnel.Fact.PersistentKeepalive} s{growth}";
    }
}
