// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>A device whose owner publishes keys on nodes, with what is published of it and of its like.</summary>
/// <param name="Device">The device.</param>
/// <param name="Profile">Its owner.</param>
/// <param name="Own">What its own node publishes of it; null when nothing is.</param>
/// <param name="Everyone">What all nodes publish of such devices.</param>
internal sealed record Publication(DeviceView Device, CniProfile Profile, PublishedDevice? Own, PublishedSet Everyone)
{
    /// <summary>Devices of the host's namespaces of nodes that the control plane knows.</summary>
    public static IEnumerable<Publication> All(MeshModel mesh)
    {
        if (mesh.Cluster.At is null) yield break;
        foreach (var device in mesh.Devices.Where(device => device is { Key: not null, Namespace.IsHost: true }))
        {
            if (mesh.Cluster.Node(device.Node.Facts.Node) is not { } node) continue;
            if (mesh.OwnerOf(device) is not { Proof: >= ProofLevel.Named, Profile: { } profile }) continue;
            var mine = profile.Published(node).ToList();
            var own = mine.Find(published => published.Key == device.Key) ?? mine.Find(published => published.Device == device.RawName);
            var everyone = mesh.Cluster.Published(profile, own?.Device ?? device.RawName);
            if (everyone.All.Count > 0) yield return new Publication(device, profile, own, everyone);
        }
    }

    /// <summary>The one other node that publishes the key; null when none does or several do.</summary>
    public PublishedDevice? Publisher(string key) => Everyone.Of(key) is [var one] ? one : null;
}
