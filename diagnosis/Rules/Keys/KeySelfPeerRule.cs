// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Keys;

/// <summary>
/// Signal: the configuration of a device has the device's own public key as a peer; both implementations ignore such a peer, so the device itself shows nothing.
/// Threshold: where somebody observed holds the device and is not held by it, the wrong key stands for that one: an error.
/// Traps: templates list all nodes on purpose: where all others of the list are on the device, nobody waits for it, and the networks that stand at the own key
/// are the device's own, it is only a note.
/// </summary>
internal sealed class KeySelfPeerRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-KEY-SELF-PEER", Layer.Handshake, Severity.Warning, "The device is its own peer")
    {
        Precedence = Rules.Precedence.ControlPlane + 12,
        StopsHandshake = true,
        Explanation = "WireGuard ignores a peer that has the device's own key and says nothing. If another node's key was meant, that node's networks are owned by nobody here.",
        FalsifiedBy = "`wg show <device> public-key` is not among the configured peers' keys.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var device in mesh.Devices)
        {
            if (device.Key is null) continue;
            foreach (var config in Outer.Configs(device))
            {
                var peers = Safe.List(config.Peers);
                var own = peers.Where(peer => PublicKeys.Canonical(peer.PublicKey) == device.Key).ToList();
                if (own.Count > 0) yield return Build(device, config.Source, own, [.. peers.Except(own).Select(peer => PublicKeys.Canonical(peer.PublicKey)).OfType<string>()]);
            }
        }
    }

    private RuleFinding Build(DeviceView device, string source, List<ConfiguredPeerFact> own, List<string> others)
    {
        // Whoever was meant holds this device and is no peer here.
        var waiting = device.HeldBy.FindAll(entry => entry.Device.Key is { } key && device.Holds(key) == false);
        // A template names everyone once: all the others are there, and what stands at the own key is behind this device.
        var template = waiting.Count == 0 && own.Count == 1 && others.Count > 0 && others.TrueForAll(key => device.Holds(key) != false) && IsHere(device, own[0]);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"The configuration of {device.Name} on {device.Node.Name} lists the device's own key as a peer; it is ignored"
                + (template ? ", as a template for all nodes may want." : waiting.Count > 0 ? $", and {waiting[0].Device.Node.Name}, which has this device as a peer, is none." : ", and whoever was meant is no peer."),
            Confidence = 0.95,
            Severity = template ? Severity.Info : waiting.Count > 0 ? Severity.Error : Descriptor.Severity,
        };
        draft.Evidence(device, DisplayText.Name(source), $"PublicKey = {device.Key}", "keys of other nodes", "configuration");
        draft.Evidence(device, $"wg show {device.Name} public-key", device.Key!, null);
        foreach (var entry in waiting) draft.Affects(entry, TunnelState.NoHandshake);
        return draft.Build();
    }

    private static bool IsHere(DeviceView device, ConfiguredPeerFact own)
    {
        var prefixes = (own.AllowedIps ?? []).Where(prefix => !prefix.IsDefault).ToList();
        return prefixes.Count == 0
            || prefixes.Exists(prefix => device.Namespace.Addresses.Any(address => prefix.Contains(address.Address)) || device.Namespace.LocalNetworks.Any(local => local.Prefix.Overlaps(prefix)));
    }
}
