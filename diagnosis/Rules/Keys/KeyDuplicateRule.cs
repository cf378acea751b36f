// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Peers;

namespace KubeWgDiag.Diagnosis.Rules.Keys;

/// <summary>
/// Signal: two devices that are up have the same key pair, and both have peers.
/// Threshold: none, keys are compared as 32 bytes; sure only when both are used: both send or have a living session, or a peer's endpoint changed during the
/// observation.
/// Traps: pairs for high availability share a key on purpose with one of them active: a device that is down or has never been used is only noted. A device
/// that was moved is one device.
/// </summary>
internal sealed class KeyDuplicateRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-KEY-DUPLICATE", Layer.Handshake, Severity.Critical, "Two devices use one key")
    {
        Precedence = Rules.Precedence.Peers + 0,
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        Explanation = "A peer knows the other end by its key alone and sends to wherever the last authenticated packet came from. With two devices under one key each handshake of one "
            + "takes the session away from the other, so both lose about half of their packets.",
        FalsifiedBy = "`wg show <device> public-key` prints different keys on the two nodes, or one of the two is a standby that never sends.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => mesh.Devices
        .Where(device => device.Key is not null && device.PeerCount > 0)
        .GroupBy(device => device.Key!, StringComparer.Ordinal)
        .Select(group => group.ToList())
        .Where(group => group.Count > 1)
        .Select(group => Build(mesh, group));

    private RuleFinding Build(MeshModel mesh, List<DeviceView> devices)
    {
        var inUse = devices.Where(device => device.Link is not { Up: false } && IsUsed(mesh, device)).ToList();
        var holders = mesh.Peers.Where(peer => peer.Key == devices[0].Key).ToList();
        var flips = holders.Where(peer => peer.Fact.PreviousEndpoint is not null).ToList();
        var sure = inUse.Count > 1;
        // The one that nobody's endpoint points to came later, and is the copy.
        var copy = devices.OrderBy(device => holders.Count(peer => peer.Remote == device)).ThenBy(device => device.Node.Name, StringComparer.Ordinal).First();
        var draft = new FindingDraft(Descriptor, copy)
        {
            Message = $"{DisplayText.Join(devices.Select(device => $"{device.Name} on {device.Node.Name}"))} have one key pair"
                + (sure ? ", and all use it: each takes the session away from the other." : "; only one of them is in use now, as in a pair for high availability."),
            Confidence = sure ? (flips.Count > 0 ? 0.98 : 0.92) : 0.5,
            Severity = sure ? Descriptor.Severity : Severity.Info,
        };
        foreach (var device in devices) draft.Evidence(device, $"wg show {device.Name} public-key", device.Key!, "a key of its own");
        foreach (var peer in flips)
            draft.Evidence(peer.Device, $"wg show {peer.Device.Name} endpoints", $"{PublicKeys.Short(peer.Key)} moved from {peer.Fact.PreviousEndpoint} to {peer.Endpoint} during the observation", "one address");
        foreach (var peer in holders) draft.Affects(peer, TunnelState.OneWay);
        foreach (var peer in devices.SelectMany(device => device.Peers)) draft.Affects(peer, TunnelState.OneWay);
        // A copy does not have the key of its own any more that the others know it by.
        foreach (var pair in PeerDrift.Find(mesh).Where(pair => devices.Contains(pair.About) || devices.Contains(pair.Holder)))
            draft.Affects(pair.Data.Stale, TunnelState.NoHandshake).Affects(pair.Data.Asked, TunnelState.NoHandshake);
        return draft.Build();
    }

    private static bool IsUsed(MeshModel mesh, DeviceView device) => device.Unlisted?.Totals.Healthy > 0
        || device.Peers.Any(peer => Session.State(peer, mesh.Thresholds) == SessionState.Fresh || peer.Fact.Sent.Growth >= Traffic.Initiation);
}
