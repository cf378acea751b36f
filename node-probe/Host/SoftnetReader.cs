// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>/proc/net/softnet_stat: one line per online CPU, hexadecimal columns whose number grew over the years.</summary>
internal static class SoftnetReader
{
    private const int MaxBytes = 1024 * 1024;

    // Columns of net/core/net-procfs.c. 3 to 7 are zero since 2.5; 8 counted collisions of the transmit lock until 4.19.
    private const int Dropped = 1;
    private const int TimeSqueeze = 2;
    private const int ReceivedRps = 9;
    private const int FlowLimit = 10;
    private const int Backlog = 11;
    private const int CpuNumber = 12;

    /// <summary>The counters are the machine's, whatever namespace asks.</summary>
    public static Reading<IReadOnlyList<SoftnetFact>> Read(HostPaths paths) =>
        HostFile.Read<IReadOnlyList<SoftnetFact>>(Path.Combine(paths.Proc, "net", "softnet_stat"), MaxBytes, Parse);

    public static IReadOnlyList<SoftnetFact>? Parse(string text, ref int unknown)
    {
        var cpus = new List<SoftnetFact>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var values = new uint[columns.Length];
            var good = columns.Length > TimeSqueeze;
            for (var i = 0; i < columns.Length; i++)
                good &= uint.TryParse(columns[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out values[i]);
            if (good) cpus.Add(Of(values, cpus.Count));
            else unknown++;
        }

        return cpus.Count > 0 ? cpus : null;
    }

    private static SoftnetFact Of(uint[] values, int line) => new()
    {
        Cpu = values.Length > CpuNumber ? (int)Math.Min(values[CpuNumber], int.MaxValue) : line,
        Processed = new Counter(values[0]),
        Dropped = new Counter(values[Dropped]),
        TimeSqueeze = new Counter(values[TimeSqueeze]),
        ReceivedRps = values.Length > ReceivedRps ? new Counter(values[ReceivedRps]) : null,
        FlowLimit = values.Length > FlowLimit ? new Counter(values[FlowLimit]) : null,
        Backlog = values.Length > Backlog ? values[Backlog] : null,
    };
}
