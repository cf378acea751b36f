// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Conntrack;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>Writes the growth of the window into the counters of connection tracking.</summary>
internal static class ConntrackGrowth
{
    private static readonly ConntrackStatistics Zero = new()
    {
        Found = new(0),
        Invalid = new(0),
        Insert = new(0),
        InsertFailed = new(0),
        Drop = new(0),
        EarlyDrop = new(0),
        Error = new(0),
        SearchRestart = new(0),
        ClashResolve = new(0),
        ChainTooLong = new(0),
    };

    public static NamespaceFacts Merge(NamespaceFacts start, NamespaceFacts end)
    {
        if (start.Conntrack?.Value is not { Statistics: { } total } before || end.Conntrack is not { Value: { Statistics: { } statistics } after } fact) return end;
        var cpus = before.Cpus.ToLookup(cpu => cpu.Cpu, cpu => cpu.Statistics);
        return end with
        {
            Conntrack = fact with
            {
                Value = after with
                {
                    Statistics = Between(total, statistics),
                    // A CPU that was left out at the start had counted nothing.
                    Cpus = [.. after.Cpus.Select(cpu => cpu with { Statistics = Between(cpus[cpu.Cpu].FirstOrDefault() ?? Zero, cpu.Statistics) })],
                },
            },
        };
    }

    private static ConntrackStatistics Between(ConntrackStatistics start, ConntrackStatistics end) => new()
    {
        Found = Between(start.Found, end.Found),
        Invalid = Between(start.Invalid, end.Invalid),
        Insert = Between(start.Insert, end.Insert),
        InsertFailed = Between(start.InsertFailed, end.InsertFailed),
        Drop = Between(start.Drop, end.Drop),
        EarlyDrop = Between(start.EarlyDrop, end.EarlyDrop),
        Error = Between(start.Error, end.Error),
        SearchRestart = Between(start.SearchRestart, end.SearchRestart),
        ClashResolve = Between(start.ClashResolve, end.ClashResolve),
        ChainTooLong = Between(start.ChainTooLong, end.ChainTooLong),
    };

    private static Counter? Between(Counter? start, Counter? end) =>
        start is { } first && end is { } last ? Counter.Between(first.Value, last.Value) : end;
}
