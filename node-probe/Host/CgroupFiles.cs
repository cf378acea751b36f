// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>Reads single control groups of both versions below one mount of /sys/fs/cgroup.</summary>
internal static class CgroupFiles
{
    /// <summary>A group of version 2.</summary>
    public static CgroupFact ReadV2(string mount, string path)
    {
        var folder = mount + path;
        var stat = Fields(FileBytes.Read($"{folder}/cpu.stat", 4096).Text);
        var max = HostFile.Line(folder, "cpu.max")?.Split(' ') ?? [];
        return new CgroupFact
        {
            Path = path.Length == 0 ? "/" : path,
            Version = 2,
            QuotaUs = max.Length == 2 ? Number(max[0]) : null,
            PeriodUs = max.Length == 2 ? Number(max[1]) : null,
            Periods = CounterOf(stat, "nr_periods"),
            Throttled = CounterOf(stat, "nr_throttled"),
            ThrottledUs = CounterOf(stat, "throttled_usec"),
            MemoryMax = Size(HostFile.Line(folder, "memory.max")),
            MemoryCurrent = Size(HostFile.Line(folder, "memory.current")),
            OomKills = CounterOf(Fields(FileBytes.Read($"{folder}/memory.events", 4096).Text), "oom_kill"),
        };
    }

    /// <summary>The cpu half of a group of version 1; its times are in nanoseconds.</summary>
    public static CgroupFact ReadCpuV1(string mount, string path)
    {
        var folder = mount + path;
        var stat = Fields(FileBytes.Read($"{folder}/cpu.stat", 4096).Text);
        var quota = Number(HostFile.Line(folder, "cpu.cfs_quota_us"));
        return new CgroupFact
        {
            Path = path.Length == 0 ? "/" : path,
            Version = 1,
            QuotaUs = quota > 0 ? quota : null,
            PeriodUs = Number(HostFile.Line(folder, "cpu.cfs_period_us")),
            Periods = CounterOf(stat, "nr_periods"),
            Throttled = CounterOf(stat, "nr_throttled"),
            ThrottledUs = stat.TryGetValue("throttled_time", out var time) ? new Counter(time / 1000) : null,
        };
    }

    /// <summary>The memory half of a group of version 1.</summary>
    public static CgroupFact ReadMemoryV1(string mount, string path)
    {
        var folder = mount + path;
        return new CgroupFact
        {
            Path = path.Length == 0 ? "/" : path,
            Version = 1,
            // No limit is the largest multiple of a page that fits into a signed 64-bit number.
            MemoryMax = Size(HostFile.Line(folder, "memory.limit_in_bytes")) is { } limit and < long.MaxValue / 2 ? limit : null,
            MemoryCurrent = Size(HostFile.Line(folder, "memory.usage_in_bytes")),
            OomKills = CounterOf(Fields(FileBytes.Read($"{folder}/memory.oom_control", 4096).Text), "oom_kill"),
        };
    }

    /// <summary>Something limits the group, or has hit it.</summary>
    public static bool IsLimited(CgroupFact group) =>
        group.QuotaUs is not null || group.MemoryMax is not null || group.Throttled?.Value > 0 || group.OomKills?.Value > 0;

    private static Dictionary<string, ulong> Fields(string text)
    {
        var fields = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            if (parts.Length == 2 && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)) fields[parts[0]] = value;
        }

        return fields;
    }

    private static Counter? CounterOf(Dictionary<string, ulong> fields, string name) => fields.TryGetValue(name, out var value) ? new Counter(value) : null;

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static ulong? Size(string? text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
