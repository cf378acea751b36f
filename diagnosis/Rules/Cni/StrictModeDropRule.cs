// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: Cilium counts packets that it dropped because they would have left in the clear.
/// Threshold: five during the observation.
/// Traps: a pod's first packets may come before its identity is known everywhere; old counts say nothing; silent while nobody read the counters.
/// </summary>
internal sealed class StrictModeDropRule : IRule
{
    /// <summary>A new pod's first packet and its repetitions.</summary>
    private const int Enough = 5;

    public RuleDescriptor Descriptor { get; } = new("WG-CNI-STRICT-MODE-DROP", Layer.Cni, Severity.Error, "Strict encryption drops what has no tunnel")
    {
        Precedence = Rules.Precedence.ControlPlane + 11,
        ExplainedBy = ["WG-CNI-AGENT-DOWN", "WG-CNI-KEY-CONFLICT", "WG-CNI-ANNOTATION-DRIFT", "WG-CNI-MISSING-PEER"],
        Explanation = "In strict mode Cilium drops packets to pods that would not be encrypted: the destination has no peer, its address is not known yet, or it lies in the strict range "
            + "without being a pod of another node.",
        FalsifiedBy = "`cilium metrics` (or `cilium_drop_count_total`) shows no growth for unencrypted traffic while the traffic is tried.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where Safe.WasRead(device.Node.Facts.DatapathDrops) && mesh.OwnerOf(device).Is(CiliumProfile.Value)
        let drops = Safe.List(device.Node.Facts.DatapathDrops).Where(drop => drop.Program == "cilium" && drop.Reason?.Contains("unencrypted", StringComparison.OrdinalIgnoreCase) == true && drop.Packets.Grew).ToList()
        where drops.Sum(drop => (long)(drop.Packets.Growth ?? 0)) >= Enough
        select Build(device, drops);

    private RuleFinding Build(DeviceView device, List<DatapathDropFact> drops)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Cilium on {device.Node.Name} dropped {drops.Sum(drop => (long)(drop.Packets.Growth ?? 0))} packets because they would have left unencrypted.",
            Confidence = 0.92,
        };
        foreach (var drop in drops) draft.Evidence(device, $"drops, {DisplayText.Name(drop.Reason)}", $"grew by {drop.Packets.Growth}", "no growth", "cilium metrics");
        return draft.Build();
    }
}
