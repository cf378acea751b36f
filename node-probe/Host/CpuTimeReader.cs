// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>/proc/stat and /proc/softirqs: per CPU, where its time went.</summary>
internal static class CpuTimeReader
{
    /// <summary>/proc/stat also has a number for each interrupt: large machines reach a megabyte.</summary>
    private const int MaxBytes = 8 * 1024 * 1024;

    public static Reading<IReadOnlyList<CpuTimeFact>> Read(HostPaths paths)
    {
        var softIrqs = FileBytes.Read(Path.Combine(paths.Proc, "softirqs"), MaxBytes);
        return HostFile.Read<IReadOnlyList<CpuTimeFact>>(
            Path.Combine(paths.Proc, "stat"), MaxBytes, (string text, ref int unknown) => Parse(text, softIrqs.Text, ref unknown));
    }

    public static IReadOnlyList<CpuTimeFact>? Parse(string stat, string softIrqs, ref int unknown)
    {
        var (netRx, netTx) = NetworkSoftIrqs(softIrqs);
        var cpus = new List<CpuTimeFact>();
        foreach (var line in stat.Split('\n'))
        {
            // The line "cpu " is the sum of the others.
            if (!line.StartsWith("cpu", StringComparison.Ordinal) || line.StartsWith("cpu ", StringComparison.Ordinal)) continue;
            if (TryParse(line, out var cpu)) cpus.Add(cpu! with { NetRx = CounterOf(netRx, cpu.Cpu), NetTx = CounterOf(netTx, cpu.Cpu) });
            else unknown++;
        }

        return cpus.Count > 0 ? cpus : null;
    }

    private static bool TryParse(string line, out CpuTimeFact? cpu)
    {
        cpu = null;
        var fields = line["cpu".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 5 || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        // user nice system idle iowait irq softirq steal guest guest_nice (fs/proc/stat.c); guests are in user and nice already.
        Span<ulong> ticks = stackalloc ulong[8];
        ticks.Clear();
        for (var i = 0; i < Math.Min(ticks.Length, fields.Length - 1); i++)
        {
            if (!ulong.TryParse(fields[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out ticks[i])) return false;
        }

        cpu = new CpuTimeFact
        {
            Cpu = number,
            User = new Counter(ticks[0] + ticks[1]),
            System = new Counter(ticks[2]),
            Idle = new Counter(ticks[3] + ticks[4]),
            Irq = new Counter(ticks[5]),
            SoftIrq = new Counter(ticks[6]),
            Steal = new Counter(ticks[7]),
        };
        return true;
    }

    /// <summary>The first line names the CPUs; offline ones have a column as well, so numbers are taken from there.</summary>
    private static (Dictionary<int, ulong> Rx, Dictionary<int, ulong> Tx) NetworkSoftIrqs(string text)
    {
        Dictionary<int, ulong> rx = [];
        Dictionary<int, ulong> tx = [];
        var lines = text.Split('\n');
        var cpus = lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines.Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0) continue;
            var counts = fields[0] switch { "NET_RX:" => rx, "NET_TX:" => tx, _ => null };
            if (counts is null) continue;
            for (var i = 0; i < Math.Min(cpus.Length, fields.Length - 1); i++)
            {
                if (cpus[i].StartsWith("CPU", StringComparison.Ordinal)
                    && int.TryParse(cpus[i].AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var cpu)
                    && ulong.TryParse(fields[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                {
                    counts[cpu] = count;
                }
            }
        }

        return (rx, tx);
    }

    private static Counter? CounterOf(Dictionary<int, ulong> counts, int cpu) => counts.TryGetValue(cpu, out var count) ? new Counter(count) : null;
}
