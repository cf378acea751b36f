// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Keys;

/// <summary>
/// Signal: the configuration of a device has the device's own public key as a peer; both implementations ignore such a peer, so the device itself shows nothing.
/// Threshold: none; silent while no configuration was read.
/// Traps: templates list all nodes on purpose: where the number of other peers is what the configuration says without the own one, it is only a note.
/// </summary>
internal sealed class KeySelfPeerRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-KEY-SELF-PEER", Layer.Handshake, Severity.Warning, "The device is its own peer")
    {
        Precedence = Rules.Precedence.Peers + 8,
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
                var keys = Safe.List(config.Peers).Select(peer => PublicKeys.Canonical(peer.PublicKey)).OfType<string>().ToList();
                if (keys.Contains(device.Key, StringComparer.Ordinal)) yield return Build(device, config.Source, keys);
            }
        }
    }

    private RuleFinding Build(DeviceView device, string source, List<string> keys)
    {
        // A template names everyone once: all the others are there.
        var template = keys.Count > 2 && keys.Distinct(StringComparer.Ordinal).Count() == keys.Count && keys.TrueForAll(key => key == device.Key || device.Holds(key) != false);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"The configuration of {device.Name} on {device.Node.Name} lists the device's own key as a peer; it is ignored{(template ? ", as a template for all nodes may want" : ", and whoever was meant is no peer")}.",
            Confidence = 0.95,
            Severity = template ? Severity.Info : Descriptor.Severity,
        };
        draft.Evidence(device, DisplayText.Name(source), $"PublicKey = {device.Key}", "keys of other nodes", "configuration");
        draft.Evidence(device, $"wg show {device.Name} public-key", device.Key!, null);
        return draft.Build();
    }
}
