// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>Writes the growth of the machine's counters into the facts of the window's end.</summary>
internal static class HostGrowth
{
    /// <summary>The kernel's counters have 32 bits and wrap around; they never go back otherwise.</summary>
    public static HostFacts Softnet(HostFacts start, HostFacts end) => end with
    {
        Softnet = Merge(start.Softnet, end.Softnet, cpu => cpu.Cpu, static (before, now) => now with
        {
            Processed = Wrapping(before.Processed, now.Processed),
            Dropped = Wrapping(before.Dropped, now.Dropped),
            TimeSqueeze = Wrapping(before.TimeSqueeze, now.TimeSqueeze),
            ReceivedRps = before.ReceivedRps is { } rps && now.ReceivedRps is { } rpsNow ? Wrapping(rps, rpsNow) : now.ReceivedRps,
            FlowLimit = before.FlowLimit is { } limit && now.FlowLimit is { } limitNow ? Wrapping(limit, limitNow) : now.FlowLimit,
        }),
    };

    public static HostFacts CpuTimes(HostFacts start, HostFacts end) => end with
    {
        CpuTimes = Merge(start.CpuTimes, end.CpuTimes, cpu => cpu.Cpu, static (before, now) => now with
        {
            User = Between(before.User, now.User),
            System = Between(before.System, now.System),
            Idle = Between(before.Idle, now.Idle),
            Irq = Between(before.Irq, now.Irq),
            SoftIrq = Between(before.SoftIrq, now.SoftIrq),
            Steal = Between(before.Steal, now.Steal),
            NetRx = Between(before.NetRx, now.NetRx),
            NetTx = Between(before.NetTx, now.NetTx),
        }),
    };

    public static HostFacts Pressure(HostFacts start, HostFacts end) => end with
    {
        Pressure = Merge(
            start.Pressure, end.Pressure, line => (line.Resource, line.Full), static (before, now) => now with { TotalUs = Between(before.TotalUs, now.TotalUs) }),
    };

    public static HostFacts ProcessLimits(HostFacts start, HostFacts end) => end with
    {
        ProcessLimits = Merge(
            start.ProcessLimits,
            end.ProcessLimits,
            // An id that came back under another name is another process.
            process => (process.ProcessId, process.Process),
            static (before, now) => now with { Levels = Levels(before.Levels, now.Levels) }),
    };

    private static IReadOnlyList<CgroupFact> Levels(IReadOnlyList<CgroupFact> start, IReadOnlyList<CgroupFact> end) =>
    [
        .. end.Select(now => start.FirstOrDefault(before => SameGroup(before, now)) is { } before ? now with
        {
            Periods = Between(before.Periods, now.Periods),
            Throttled = Between(before.Throttled, now.Throttled),
            ThrottledUs = Between(before.ThrottledUs, now.ThrottledUs),
            OomKills = Between(before.OomKills, now.OomKills),
        } : now),
    ];

    // Version 1 has the cpu half and the memory half under one path.
    private static bool SameGroup(CgroupFact one, CgroupFact other) =>
        one.Path == other.Path && one.Version == other.Version && one.Periods is null == other.Periods is null;

    private static Fact<IReadOnlyList<T>>? Merge<T, TKey>(
        Fact<IReadOnlyList<T>>? start, Fact<IReadOnlyList<T>>? end, Func<T, TKey> keyOf, Func<T, T, T> merge)
        where TKey : notnull
    {
        if (start?.Value is not { } before || end?.Value is not { } now) return end;
        var known = before.ToLookup(keyOf);
        return end with { Value = [.. now.Select(item => known[keyOf(item)].FirstOrDefault() is { } old ? merge(old, item) : item)] };
    }

    private static Counter Wrapping(Counter start, Counter end) => new(end.Value, unchecked((uint)end.Value - (uint)start.Value));

    private static Counter Between(Counter start, Counter end) => Counter.Between(start.Value, end.Value);

    private static Counter? Between(Counter? start, Counter? end) => start is { } before && end is { } now ? Between(before, now) : end;
}
