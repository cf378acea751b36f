// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Keys;

/// <summary>
/// Signal: a device with peers has no private key, so its public key is absent or all zero.
/// Threshold: an observation of 5 s or more before it counts as lasting; a device gets its key within moments of being made.
/// Traps: a device without peers is being made, or is nobody's; a damaged key in the facts is no missing key.
/// </summary>
internal sealed class KeyUnsetRule : IRule
{
    private const double Lasting = 5;

    public RuleDescriptor Descriptor { get; } = new("WG-KEY-UNSET", Layer.Interface, Severity.Critical, "The device has no private key")
    {
        Precedence = Rules.Precedence.Device + 6,
        StopsHandshake = true,
        Explanation = "Without a private key a device sends nothing and answers nothing, although it is up and has peers, routes and addresses.",
        FalsifiedBy = "`wg show <device> public-key` prints a key.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => mesh.Devices.Where(IsUnset).Select(device => Build(mesh, device));

    private static bool IsUnset(DeviceView device) => device.Key is null
        && device.PeerCount > 0
        && (string.IsNullOrEmpty(device.Fact.PublicKey) || device.Fact.PublicKey == Convert.ToBase64String(new byte[32]));

    private RuleFinding Build(MeshModel mesh, DeviceView device)
    {
        var meant = mesh.Peers.Where(peer => !peer.KeyIsKnown && mesh.Addresses.ListenerAt(peer) == device).ToList();
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Device {device.Name} on {device.Node.Name} has no private key; none of its {device.PeerCount} tunnels can come up.",
            Confidence = device.Node.Observed >= Lasting ? 0.95 : 0.7,
            Severity = device.Node.Observed >= Lasting ? Descriptor.Severity : Severity.Warning,
        };
        draft.Evidence(device, $"wg show {device.Name} public-key", "(none)", meant.Count > 0 ? meant[0].Key : "a key");
        foreach (var peer in meant) draft.Evidence(peer.Device, $"wg show {peer.Device.Name} endpoints", $"{PublicKeys.Short(peer.Key)} at {peer.Endpoint}", null).Affects(peer, TunnelState.NoHandshake);
        foreach (var peer in device.Peers) draft.Affects(peer, TunnelState.NoHandshake);
        draft.AffectsUnlisted(device, outbound: TunnelState.NoHandshake);
        return draft.Build();
    }
}
