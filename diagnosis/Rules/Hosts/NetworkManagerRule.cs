// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Hosts;

/// <summary>
/// Signal: NetworkManager sets up a device that is a pod network's, with a connection of its own.
/// Threshold: an error where that device lost its address, its routes or was set down; else a warning.
/// Traps: devices that it only watches ("connected (externally)") are not among those it manages; tunnels that it made are its own; users' devices are the user's matter.
/// </summary>
internal sealed class NetworkManagerRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-NETWORKMANAGER-INTERFERENCE", Layer.Platform, Severity.Error, "NetworkManager manages a pod network's device")
    {
        Precedence = Rules.Precedence.ControlPlane + 16,
        Explanation = "NetworkManager gives the devices that it manages the addresses, routes and state of its own profiles, and takes away what others wrote, at its start and "
            + "whenever a device appears.",
        FalsifiedBy = "`nmcli device` shows the device as unmanaged or as connected (externally).",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        Lazy<ILookup<DeviceView, RuleFinding>> losses = new(() => HostLosses.OfLinks(mesh).Concat(HostLosses.OfRoutes(mesh)).Concat(HostLosses.OfSomeRoutes(mesh)).ToLookup(loss => loss.Device));
        foreach (var node in mesh.Nodes)
        {
            if (node.Facts.Host?.Managers?.Value?.NetworkManager is not { Running: true, ManagedLinks: { Count: > 0 } managed } manager) continue;
            foreach (var device in node.Devices.Where(device => device is { Namespace.IsHost: true, Link: { } link } && managed.Contains(link.Index)))
            {
                if (HostLosses.IsOwn(device, NetworkManagerKind.NetworkManager)) continue;
                if (mesh.OwnerOf(device) is { Proof: >= ProofLevel.Named, Profile: { Devices.Count: > 0 } profile }) yield return Build(device, profile, manager, [.. losses.Value[device]]);
            }
        }
    }

    private RuleFinding Build(DeviceView device, CniProfile profile, NetworkManagerFact manager, List<RuleFinding> losses)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} NetworkManager sets up {device.Name}, which is {profile.Name}'s"
                + (losses.Count > 0 ? $": {losses[0].Rule.Title.ToLowerInvariant()}." : "; at its next start it may take away what the agent wrote."),
            Confidence = losses.Count > 0 ? 0.85 : 0.8,
            Severity = losses.Count > 0 ? Descriptor.Severity : Severity.Warning,
        };
        draft.Evidence(device, $"/run/NetworkManager/devices/{device.Link!.Index}", "managed, with a connection", "unmanaged", "host files");
        if (manager.StartedAt is { } started) draft.Evidence(device, "NetworkManager", $"started {started:O}", null, "/proc");
        foreach (var loss in losses)
        {
            foreach (var seen in loss.Finding.Evidence.Take(3)) draft.Evidence(device, seen.What, seen.Observed, seen.Expected, seen.Source);
            draft.Mend(loss.Finding.Remediation);
            foreach (var effect in loss.Effects) draft.Affects(effect.Tunnel, effect.State);
        }

        return draft.Build();
    }
}
