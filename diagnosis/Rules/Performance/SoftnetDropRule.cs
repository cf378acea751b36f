// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>
/// Signal: a CPU's receive backlog was full and packets were dropped during the observation (/proc/net/softnet_stat, second column).
/// Threshold: ten packets, as a device that is made or removed loses a few.
/// Traps: what was dropped before the observation; a budget that was used up (third column) loses nothing.
/// </summary>
internal sealed class SoftnetDropRule : IRule
{
    private const ulong Least = 10;
    private const string Backlog = "net.core.netdev_max_backlog";

    public RuleDescriptor Descriptor { get; } = new("WG-SOFTNET-DROP", Layer.Performance, Severity.Warning, "The receive backlog overflows")
    {
        Precedence = Rules.Precedence.Performance + 1,
        Reach = Reach.Node,
        Explanation = "Packets that one CPU hands to another (RPS, veth, tunnels) wait in a backlog. When it is full, the kernel drops what comes: the tunnel loses packets under load only, and no device counts it.",
        FalsifiedBy = "The second column of /proc/net/softnet_stat stands still during load.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var node in mesh.Nodes)
        {
            if (node.Devices.FirstOrDefault() is not { } device) continue;
            var cpus = Safe.List(node.Facts.Host?.Softnet).Where(cpu => cpu.Dropped.Grew).ToList();
            var dropped = cpus.Aggregate(0UL, (sum, cpu) => sum + cpu.Dropped.Growth!.Value);
            if (dropped >= Least) yield return Build(device, cpus, dropped);
        }
    }

    private RuleFinding Build(DeviceView device, List<SoftnetFact> cpus, ulong dropped)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} dropped {dropped} packets in {device.Node.Observed:0} s because the receive backlog of {cpus.Count} CPUs was full.",
            Confidence = 0.9,
        };
        foreach (var cpu in cpus.Take(8))
            draft.Evidence(device, $"/proc/net/softnet_stat, CPU {cpu.Cpu}: dropped", $"+{cpu.Dropped.Growth} of {cpu.Processed.Growth} packets", "+0", "/proc/net/softnet_stat");
        var host = device.Node.Namespaces[0];
        if (host.Sysctl(Backlog) is > 0 and < 1_000_000 and var limit) draft.Mend(new NamespaceCommands(host).Sysctl(Backlog, Math.Max(4 * limit, 1000), limit));
        return draft.Build();
    }
}
