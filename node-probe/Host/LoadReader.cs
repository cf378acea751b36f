// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>/proc/loadavg, /proc/meminfo and /proc/pressure.</summary>
internal static class LoadReader
{
    private const int MaxBytes = 64 * 1024;

    private static readonly string[] Resources = ["cpu", "memory", "io", "irq"];

    public static Reading<LoadFact> Read(HostPaths paths)
    {
        var memory = FileBytes.Read(Path.Combine(paths.Proc, "meminfo"), MaxBytes);
        return HostFile.Read<LoadFact>(
            Path.Combine(paths.Proc, "loadavg"), MaxBytes, (string text, ref int unknown) => Parse(text, memory.Text, ref unknown));
    }

    public static LoadFact? Parse(string loadAverage, string memory, ref int unknown)
    {
        var fields = loadAverage.Split('\n', 2)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 3 || !TryDouble(fields[0], out var one) || !TryDouble(fields[1], out var five) || !TryDouble(fields[2], out var fifteen))
            return null;
        var sizes = SizesOf(memory);
        if (sizes.Count == 0) unknown++;
        var tasks = fields.Length > 3 ? fields[3].Split('/') : [];
        return new LoadFact
        {
            Average1 = one,
            Average5 = five,
            Average15 = fifteen,
            Tasks = tasks.Length == 2 && int.TryParse(tasks[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null,
            MemoryKb = Of(sizes, "MemTotal"),
            MemoryAvailableKb = Of(sizes, "MemAvailable"),
            SwapUsedKb = Of(sizes, "SwapTotal") - Of(sizes, "SwapFree"),
        };
    }

    /// <summary>The resources that the kernel has; none without CONFIG_PSI, or when it is switched off at boot.</summary>
    public static Reading<IReadOnlyList<PressureFact>> ReadPressure(HostPaths paths)
    {
        var lines = new List<PressureFact>();
        var (unknown, errno) = (0, 0);
        foreach (var resource in Resources)
        {
            var file = FileBytes.Read(Path.Combine(paths.Proc, "pressure", resource), MaxBytes);
            if (file.Errno == 0) ParsePressure(resource, file.Text, lines, ref unknown);
            else if (errno == 0) errno = file.Errno;
        }

        return lines.Count == 0 && errno != 0
            ? HostFile.Unreadable<IReadOnlyList<PressureFact>>(Path.Combine(paths.Proc, "pressure"), errno)
            : Reading<IReadOnlyList<PressureFact>>.Of(lines, unknown: unknown);
    }

    public static void ParsePressure(string resource, string text, List<PressureFact> lines, ref int unknown)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 5 && fields[0] is "some" or "full"
                && TryField(fields[1], "avg10=", out var ten) && TryField(fields[2], "avg60=", out var sixty) && TryField(fields[3], "avg300=", out var long300)
                && fields[4].StartsWith("total=", StringComparison.Ordinal)
                && ulong.TryParse(fields[4].AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var total))
            {
                lines.Add(new PressureFact(resource, fields[0] == "full", ten, sixty, long300, new Counter(total)));
            }
            else
            {
                unknown++;
            }
        }
    }

    private static Dictionary<string, long> SizesOf(string memory)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in memory.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(':', 2);
            if (parts.Length == 2 && long.TryParse(parts[1].Trim().Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                sizes[parts[0]] = size;
        }

        return sizes;
    }

    private static long? Of(Dictionary<string, long> sizes, string name) => sizes.TryGetValue(name, out var size) ? size : null;

    private static bool TryField(string field, string name, out double value)
    {
        value = 0;
        return field.StartsWith(name, StringComparison.Ordinal) && TryDouble(field[name.Length..], out value);
    }

    private static bool TryDouble(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
