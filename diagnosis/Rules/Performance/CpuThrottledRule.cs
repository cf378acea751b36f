// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>
/// Signal: the CPU limit stopped a userspace tunnel program during the observation.
/// Threshold: a hundredth of its periods with work, and three of them.
/// Traps: nodes whose WireGuard is the kernel's; the probe's own limit.
/// </summary>
internal sealed class CpuThrottledRule : IRule
{
    private const double Least = 0.01;
    private const ulong LeastPeriods = 3;

    public RuleDescriptor Descriptor { get; } = new("WG-CPU-THROTTLED", Layer.Performance, Severity.Warning, "A CPU limit stops the tunnel program")
    {
        Precedence = Rules.Precedence.Performance,
        Reach = Reach.Node,
        Explanation = "A container with a CPU limit is stopped for the rest of each period (100 ms) once its share is used. All tunnels of a userspace WireGuard pause with it: round-trip times jump, and receive "
            + "buffers overflow.",
        FalsifiedBy = "nr_throttled in the container's cpu.stat stands still during load.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from node in mesh.Nodes
        let device = node.Devices.FirstOrDefault(device => device.IsUserspace)
        where device is not null
        from process in Safe.List(node.Facts.Host?.ProcessLimits)
        where !process.Probe
        let level = Safe.List(process.Levels).FirstOrDefault(IsStopped)
        where level is not null
        select Build(device, process, level);

    private static bool IsStopped(CgroupFact level) =>
        level is { QuotaUs: not null, Throttled.Growth: >= LeastPeriods and var stopped, Periods.Growth: > 0 and var periods } && stopped >= periods * Least;

    private RuleFinding Build(DeviceView device, ProcessLimitsFact process, CgroupFact level)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{DisplayText.Name(process.Process)} on {device.Node.Name} was stopped by its CPU limit in {level.Throttled!.Value.Growth} of {level.Periods!.Value.Growth} periods.",
            Confidence = 0.9,
        };
        draft.Evidence(device, $"cpu.stat of {DisplayText.Detail(level.Path)}: nr_throttled", $"+{level.Throttled.Value.Growth} of +{level.Periods.Value.Growth} periods", "+0", "cgroup");
        draft.Evidence(device, $"CPU limit of {DisplayText.Detail(level.Path)}", $"{level.QuotaUs} us in {level.PeriodUs} us", "more, or none", "cgroup");
        return draft.Build();
    }
}
