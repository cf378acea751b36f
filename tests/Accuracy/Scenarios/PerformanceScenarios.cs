// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Accuracy.Contract;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Loss and load: section N of the failure catalogue.</summary>
internal static class PerformanceScenarios
{
    // Both ends have to be watched at one time; a longer window forgives that one of them is read later.
    private const int Together = 12;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new()
        {
            Code = "WG-PATH-LOSS",
            Title = "three of ten packets between A and B are lost on the way",
            ObserveSeconds = Together,
            Traffic = Traffic.PodToPod | Traffic.Busy,
            Hurts = Hurt.Some,
            InjectAsync = (s, ct) => s.DropOnPathAsync(
                $"{s.Nft} saddr {{ {s.Outer(s.A)}, {s.Outer(s.B)} }} {s.Nft} daddr {{ {s.Outer(s.A)}, {s.Outer(s.B)} }} meta l4proto udp numgen random mod 100 < 30", ct),
        },
        new()
        {
            Code = "WG-QDISC-DROP",
            Title = "A's uplink is shaped to less than it is given, with a short queue",
            ObserveSeconds = Together,
            Traffic = Traffic.PodToPod | Traffic.Busy,
            // The busy traffic is dropped; the few pings that are counted may all get through.
            Hurts = Hurt.None,
            Effect = async (s, ct) => await QueueDropsAsync(s, ct) > 0,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"tc qdisc add dev {s.Uplink(s.A)} root tbf rate 256kbit burst 2k limit 3k", ct),
        },
        Scenario.Impossible("WG-CPU-THROTTLED", "control groups are the machine's, and its CPU controller is not a lab's to set", "PerformanceFaultTests"),
        Scenario.Impossible("WG-UDP-RATE-LIMIT", "is told from plain loss by a test in steps alone, which no probe sends yet", "PathTestFaultTests"),
        Scenario.Impossible("WG-PATH-REORDER", "needs the data counters of a capture, which no probe takes yet", "PathTestFaultTests"),
        Scenario.Impossible("WG-SOFTNET-DROP", "the backlog's limit is the machine's, not a namespace's", "PerformanceFaultTests"),
        Scenario.Impossible("WG-UDP-RCVBUF-ERRORS", "the buffer's limit is the machine's, and wireguard-go's own of 7 MiB is not filled by pings", "PerformanceFaultTests"),
        Scenario.Impossible("WG-CPU-SOFTIRQ-BOUND", "needs a CPU that does nothing but receive, and the machine has other work", "PerformanceFaultTests"),
        Scenario.Impossible("WG-CPU-NO-SIMD", "the machine's processor has what encryption wants", "PerformanceFaultTests"),
        Scenario.Impossible("WG-QUEUE-SINGLE", "virtual cables have no queue that interrupts", "PerformanceFaultTests"),
        Scenario.Impossible("WG-NAPI-THREADED-STALL", "needs a kernel with the bug", "PerformanceFaultTests"),
        Scenario.Impossible("WG-STAGED-QUEUE-DROP", "a consequence of a missing handshake, never a root cause", "PerformanceFaultTests"),
    ];

    private static async Task<long> QueueDropsAsync(Scene s, CancellationToken ct)
    {
        var text = await s.DoAsync(s.A, $"tc -s qdisc show dev {s.Uplink(s.A)} root", ct);
        return long.Parse(text.Split("dropped ")[1].Split(',')[0], CultureInfo.InvariantCulture);
    }
}
