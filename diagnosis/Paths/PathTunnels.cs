// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Paths;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Paths;

/// <summary>What lies between two nodes of a path: whose key a peer's is, whether the tunnel carries, whether full packets fit.</summary>
internal sealed class PathTunnels
{
    /// <summary>WireGuard's header and tag (32 bytes) and UDP's (8) around the packet; IP's depends on the family.</summary>
    private const int Overhead = 40;

    private readonly ILookup<string, DeviceView> _byKey;
    private readonly ILookup<(string, string, string), TunnelAssessment> _states;
    private readonly IReadOnlyList<RootCause> _causes;

    public PathTunnels(MeshModel mesh, IReadOnlyList<TunnelAssessment> tunnels, IReadOnlyList<RootCause> causes)
    {
        _byKey = mesh.Devices.Where(device => device.Key is not null).ToLookup(device => device.Key!, StringComparer.Ordinal);
        _states = tunnels.ToLookup(item => (item.Tunnel.FromNode, item.Tunnel.FromDevice, item.Tunnel.PeerKey));
        _causes = causes;
    }

    /// <summary>The devices at both ends; the receiver is null when no node that reported has the peer's key, or more than one.</summary>
    public (DeviceView? Sender, DeviceView? Receiver) Ends(string? from, PathTunnelFact tunnel)
    {
        if (PublicKeys.Canonical(tunnel.Peer) is not { } key) return (null, null);
        var sender = _byKey.SelectMany(group => group).FirstOrDefault(device => device.Node.Name == from && device.RawName == tunnel.Device);
        var receiver = sender?.PeerByKey(key)?.Remote ?? (_byKey[key].Take(2).ToList() is [var only] ? only : null);
        return (sender, receiver);
    }

    /// <summary>Adds the steps between the nodes.</summary>
    public void Cross(PathSteps trail, DeviceView? sender, DeviceView receiver, PathTunnelFact tunnel)
    {
        var state = sender is null || receiver.Key is null ? null : _states[(sender.Node.Name, sender.Name, receiver.Key)].FirstOrDefault();
        var text = state is null ? "not known to be broken" : $"{state.State}: {state.Reason}";
        if (state?.State is TunnelState.NoHandshake or TunnelState.OneWay)
        {
            trail.Fail(PathPlace.Tunnel, null, text);
            return;
        }

        trail.Pass(PathPlace.Tunnel, null, text);
        var isBlackHole = state?.State == TunnelState.MtuBlackhole;
        if (tunnel is not { Mtu: { } inner, OuterMtu: { } outer })
        {
            if (isBlackHole) trail.Fail(PathPlace.Mtu, null, text);
            return;
        }

        var headers = Overhead + (tunnel.OuterFamily == IpFamily.IPv6 ? 40 : 20);
        var fits = inner + headers <= outer;
        var what = fits
            ? $"packets up to {inner} bytes fit the underlay's {outer}"
            : $"packets longer than {outer - headers} bytes do not fit the underlay: {inner} and {headers} of headers are more than {outer}";
        if (isBlackHole || (!fits && IsFound(trail))) trail.Fail(PathPlace.Mtu, trail.From, what);
        else trail.Pass(PathPlace.Mtu, trail.From, what);
    }

    // Cut packets are no fault by themselves: whether they get through is for the rules to say.
    private bool IsFound(PathSteps trail) => PathCauses.Find(_causes, new FailedStep(new PathStep(PathPlace.Mtu, trail.From, PathStepOutcome.Fails, ""), trail.From, trail.To, null)) is not null;
}
