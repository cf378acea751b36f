// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>
/// Signal: one CPU spent nine tenths of the observation in softirqs while tunnels carried data.
/// Threshold: 90 %, over five seconds at least; short peaks are normal.
/// Traps: load of other programs on the node; a busy node whose tunnels are idle is not judged.
/// </summary>
internal sealed class CpuSoftIrqRule : IRule
{
    private const double Bound = 0.9;
    private const double EnoughSeconds = 5;

    /// <summary>1 Mbit/s for the shortest window: less is no load.</summary>
    private const ulong LeastBytes = 625_000;

    public RuleDescriptor Descriptor { get; } = new("WG-CPU-SOFTIRQ-BOUND", Layer.Performance, Severity.Warning, "One CPU is busy with packets alone")
    {
        Precedence = Rules.Precedence.Performance + 2,
        Reach = Reach.Node,
        Explanation = "One UDP flow ends in one receive queue and so on one CPU. When that CPU does nothing else any more, the tunnel's throughput stays flat though the network and the other CPUs have room.",
        FalsifiedBy = "Throughput rises when more load is put on the same tunnel, or no CPU is above 90 % softirq (`mpstat -P ALL`) during load.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var node in mesh.Nodes.Where(node => node.Observed >= EnoughSeconds))
        {
            var bound = Safe.List(node.Facts.Host?.CpuTimes).Where(cpu => cpu.SoftIrqShare >= Bound).ToList();
            if (bound.Count > 0 && Load.Busiest(node, LeastBytes) is { } device) yield return Build(device, bound);
        }
    }

    private RuleFinding Build(DeviceView device, List<CpuTimeFact> bound)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"CPU {bound[0].Cpu} of {device.Node.Name} spent {bound[0].SoftIrqShare:P0} of {device.Node.Observed:0} s with packets; the tunnel is as fast as that one CPU.",
            Confidence = 0.75,
        };
        foreach (var cpu in bound.Take(8)) draft.Evidence(device, $"/proc/stat, CPU {cpu.Cpu}: softirq", $"{cpu.SoftIrqShare:P0}", "below 90 %", "/proc/stat");
        draft.Evidence(device, $"wg show {device.Name} transfer", $"+{Load.Bytes(device)} bytes", null);
        return draft.Build();
    }
}
