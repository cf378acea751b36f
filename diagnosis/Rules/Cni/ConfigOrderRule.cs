// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Facts.Cni;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: the network whose device the node has left a CNI file that is not the effective one: another network's comes first, or its own cannot be read.
/// Threshold: the effective file calls none of the network's plugins, and no other folder has them in effect.
/// Traps: chains that call its plugin, multus and other plugins that delegate, files that were set aside (.cilium_bak); networks without a file here run
/// chained or on top of another network.
/// </summary>
internal sealed class ConfigOrderRule : IRule
{
    /// <summary>Plugins that call the ones of other files.</summary>
    private static readonly string[] Delegating = ["multus", "multus-shim", "multus-cni", "genie", "danm"];

    public RuleDescriptor Descriptor { get; } = new("WG-CNI-CONFIG-ORDER", Layer.Cni, Severity.Error, "New pods get another network's configuration")
    {
        Precedence = Rules.Precedence.ControlPlane + 10,
        Explanation = "A container runtime takes the first usable file by name. When that is not the network's own, pods that start from now on get addresses that no other node "
            + "routes; those that run already keep theirs and work.",
        FalsifiedBy = "The runtime uses another folder, or new pods on the node have addresses of its pod range.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var node in mesh.Nodes)
        {
            var folders = Safe.List(node.Facts.Cni?.Value?.Folders);
            if (folders.Count == 0) continue;
            foreach (var device in node.Devices.Where(device => device.Namespace.IsHost))
            {
                if (mesh.OwnerOf(device) is not { Proof: >= ProofLevel.Named, Profile: { IsPodNetwork: true } profile }) continue;
                if (folders.Any(folder => Calls(folder, profile.Plugins) || Calls(folder, Delegating))) continue;
                if (folders.Select(folder => (Folder: folder, File: Overruled(folder, profile))).FirstOrDefault(item => item.File is not null) is not { File: { } file } found) continue;
                yield return Build(mesh, device, profile, found.Folder, file);
                break;
            }
        }
    }

    private static bool Calls(CniFolderFact folder, IReadOnlyList<string> plugins) => Safe.List(folder.Network?.Plugins)
        .SelectMany(plugin => Safe.List(plugin.Delegates).Prepend(plugin)).Any(plugin => plugins.Contains(plugin.Type, StringComparer.Ordinal));

    // The facts name the plugins of the effective file only; installers name their files after the network.
    private static CniFileFact? Overruled(CniFolderFact folder, CniProfile profile) => Safe.List(folder.Files)
        .FirstOrDefault(file => file.State is CniFileState.Shadowed or CniFileState.Unusable && file.Name?.Contains(profile.Name, StringComparison.OrdinalIgnoreCase) == true);

    private RuleFinding Build(MeshModel mesh, DeviceView device, CniProfile profile, CniFolderFact folder, CniFileFact file)
    {
        var effective = Safe.List(folder.Files).FirstOrDefault(one => one.State == CniFileState.Effective);
        var types = DisplayText.Join(Safe.List(folder.Network?.Plugins).Select(plugin => DisplayText.Name(plugin.Type)), 3);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = effective is null
                ? $"On {device.Node.Name} the CNI file {DisplayText.Name(file.Name)} of {profile.Name} cannot be used, and no other can: pods do not start."
                : $"On {device.Node.Name} new pods get {DisplayText.Name(effective.Name)} ({types}) instead of {DisplayText.Name(file.Name)} of {profile.Name}.",
            Confidence = 0.9,
        };
        draft.Evidence(device, $"ls {DisplayText.Name(folder.Path)}", $"{DisplayText.Name(file.Name)} is {(file.State == CniFileState.Unusable ? $"unusable ({DisplayText.Detail(file.Detail)})" : "not the first")}", $"{DisplayText.Name(file.Name)} first", "cni folder");
        if (effective is not null) draft.Evidence(device, DisplayText.Name(effective.Name), $"plugins {types}", DisplayText.Join(profile.Plugins), "cni folder");
        var ranges = Safe.List(folder.Network?.Plugins).SelectMany(plugin => Safe.List(plugin.Subnets)).ToList();
        if (mesh.Cluster.Node(device.Node.Facts.Node) is { PodCidrs.Count: > 0 } given && ranges.Count > 0
            && !ranges.Exists(text => IpPrefix.TryParse(text, out var range) && given.PodCidrs.Any(range.Overlaps)))
            draft.Evidence(device, "address range for new pods", DisplayText.Join(ranges.Select(DisplayText.Name), 3), DisplayText.Join(given.PodCidrs), "cni folder");
        return draft.Build();
    }
}
