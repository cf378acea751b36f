// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>
/// Signal: the uplink has one receive queue, no packets are handed to other CPUs (RPS), and one CPU does nearly all of the receiving under load.
/// Threshold: nine tenths of the NET_RX softirqs on one of several CPUs, and this CPU half busy with softirqs.
/// Traps: virtual cards with one queue are fine at low load; devices without hardware (veth, tun) have one queue and need none.
/// </summary>
internal sealed class SingleQueueRule : IRule
{
    private const double Most = 0.9;
    private const double Bound = 0.5;

    /// <summary>10 Mbit/s for five seconds: one CPU carries far more.</summary>
    private const ulong LeastBytes = 6_250_000;

    public RuleDescriptor Descriptor { get; } = new("WG-QUEUE-SINGLE", Layer.Performance, Severity.Info, "One queue of the uplink receives everything")
    {
        Precedence = Rules.Precedence.Performance + 1,
        Reach = Reach.Node,
        Explanation = "A network card with one receive queue interrupts one CPU only. What it receives is limited by that CPU, while the others idle; sending is not.",
        FalsifiedBy = "`ethtool -l <uplink>` shows several queues in use, or /sys/class/net/<uplink>/queues/rx-0/rps_cpus is not zero.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from node in mesh.Nodes
        let device = Load.Busiest(node, LeastBytes)
        where device is not null
        let cpus = Safe.List(node.Facts.Host?.CpuTimes)
        where cpus.Count > 1 && !Safe.List(node.Facts.Host?.Softnet).Any(cpu => cpu.ReceivedRps?.Grew == true)
        let first = cpus.MaxBy(cpu => cpu.NetRx?.Growth ?? 0)
        where first?.NetRx?.Growth >= Most * cpus.Sum(cpu => (double)(cpu.NetRx?.Growth ?? 0)) && first.SoftIrqShare >= Bound
        let uplink = device.Namespace.UnderlayLinks.Select(device.Namespace.LinkByIndex).OfType<LinkFact>().FirstOrDefault(link => link is { Kind: null, Loopback: false, Limits.RxQueues: 1 })
        where uplink is not null
        select Build(device, uplink, first.Cpu, first.SoftIrqShare!.Value);

    private RuleFinding Build(DeviceView device, LinkFact uplink, int cpu, double share)
    {
        var name = DisplayText.Name(uplink.Name);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{name} of {device.Node.Name} has one receive queue: CPU {cpu} alone receives, {share:P0} of its time.",
            Confidence = 0.7,
        };
        draft.Evidence(device, $"ip -d link show {name}: numrxqueues", "1", null, "rtnetlink");
        return draft.Evidence(device, $"/proc/softirqs: NET_RX of CPU {cpu}", "nine tenths of all, or more", "spread", "/proc/softirqs").Build();
    }
}
