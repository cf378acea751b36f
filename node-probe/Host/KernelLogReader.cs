// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>Reads the kernel log and keeps the latest lines of each topic. Lines that programs wrote into it are left out: they may say anything.</summary>
internal sealed class KernelLogReader(HostPaths paths, TimeProvider time)
{
    /// <summary>Lines kept of each topic.</summary>
    public const int LinesPerTopic = 20;

    /// <summary>Characters kept of each line.</summary>
    private const int LineLength = 300;

    /// <summary>Most records looked at: the largest buffers distributions configure hold fewer.</summary>
    private const int MaxRecords = 500_000;

    /// <summary>The kernel's records are shorter (PRINTK_MESSAGE_MAX 2048, escaped); it refuses reads that are too small for one.</summary>
    private const int RecordBytes = 16 * 1024;

    /// <summary>Reads what is in the log now.</summary>
    public Reading<KernelLogFact> Read(Deadline deadline)
    {
        var restricted = HostFile.Switch(paths.Proc, "sys", "kernel", "dmesg_restrict");
        var errno = KernelLogDevice.TryOpen(paths.KernelLog, out var device);
        if (device is null)
        {
            var detail = $"{paths.KernelLog}: {Errno.NameOf(errno)}{(restricted == true ? "; kernel.dmesg_restrict asks for CAP_SYSLOG" : string.Empty)}";
            return Reading<KernelLogFact>.None(HostFile.ReasonOf(errno), detail);
        }

        using (device) return Read(device, KernelClock.Read(KernelClock.Monotonic) ?? TimeSpan.Zero, restricted, deadline);
    }

    /// <summary>Reads a log from its beginning. <paramref name="sinceBoot"/> is the log's own time of now.</summary>
    internal Reading<KernelLogFact> Read(IKernelLogSource source, TimeSpan sinceBoot, bool? restricted, Deadline deadline)
    {
        var boot = time.GetUtcNow() - sinceBoot;
        var kept = new Dictionary<KernelLogTopic, Queue<KernelLogLine>>();
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var (records, overruns, unknown, errno) = (0, 0, 0, 0);
        string? cut = null;
        var buffer = new byte[RecordBytes];
        while (cut is null)
        {
            errno = source.Read(buffer, out var length);
            if (errno is Errno.Interrupted) continue;
            if (errno is Errno.BrokenPipe && ++overruns < MaxRecords) continue;
            if (errno != 0 || length == 0) break;
            records++;
            if (!KernelLogRecord.TryParse(Encoding.UTF8.GetString(buffer, 0, length), out var record)) unknown++;
            else if (record.Facility == 0) Keep(record, boot, kept, counts);
            if (records >= MaxRecords || deadline.Expired) cut = $"kernel log: only its first {records} records";
        }

        // EAGAIN is the end. Another error after records is shown by what is there; before any it is the reason.
        if (errno is not (0 or Errno.Again) && records == 0) return HostFile.Unreadable<KernelLogFact>(paths.KernelLog, errno);
        return Reading<KernelLogFact>.Of(
            new KernelLogFact
            {
                Lines = [.. kept.Values.SelectMany(lines => lines).OrderBy(line => line.Sequence)],
                Topics = counts,
                Records = records,
                Overruns = overruns,
                Restricted = restricted,
                WireGuardDebug = DebugOf(DynamicDebug()),
            },
            interrupted: overruns > 0,
            unknown: unknown);
    }

    /// <summary>Lines such as <c>drivers/net/wireguard/receive.c:93 [wireguard]wg_receive =p "..."</c>; <c>=_</c> is off.</summary>
    internal static bool? DebugOf(FileBytes control)
    {
        if (control.Errno != 0) return null;
        bool? on = null;
        foreach (var line in control.Text.AsSpan().EnumerateLines())
        {
            var module = line.IndexOf("[wireguard]");
            if (module < 0) continue;
            var flags = line[module..].IndexOf(" =");
            if (flags >= 0) on = on == true || line[(module + flags + 2)..].StartsWith("p");
        }

        return on;
    }

    // /proc has it since 5.7 where debugfs is not mounted.
    private FileBytes DynamicDebug()
    {
        const int most = 8 * 1024 * 1024;
        var file = FileBytes.Read(Path.Combine(paths.Proc, "dynamic_debug", "control"), most);
        return file.Errno == 0 ? file : FileBytes.Read(Path.Combine(paths.Sys, "kernel", "debug", "dynamic_debug", "control"), most);
    }

    private static void Keep(
        KernelLogRecord record, DateTimeOffset boot, Dictionary<KernelLogTopic, Queue<KernelLogLine>> kept, SortedDictionary<string, int> counts)
    {
        if (KernelLogTopics.Of(record.Text, record.Network) is not { } topic) return;
        var name = topic.ToString();
        counts[name] = counts.GetValueOrDefault(name) + 1;
        if (!kept.TryGetValue(topic, out var lines)) kept[topic] = lines = [];
        if (lines.Count == LinesPerTopic) lines.Dequeue();
        // A time beyond the calendar is a broken record; its line is shown with the time of boot.
        var since = record.Microseconds < TimeSpan.FromDays(36500).TotalMicroseconds ? TimeSpan.FromMicroseconds(record.Microseconds) : TimeSpan.Zero;
        lines.Enqueue(new KernelLogLine(record.Sequence, record.Level, boot + since, topic, KernelLogTopics.Shown(record.Text, LineLength)));
    }
}
