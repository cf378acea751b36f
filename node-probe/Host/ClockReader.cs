// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>The clock, by adjtimex(2), clock_gettime(2) and /sys.</summary>
internal static class ClockReader
{
    /// <summary>STA_UNSYNC.</summary>
    private const int Unsynchronised = 0x40;

    /// <summary>STA_NANO: the offset is in nanoseconds.</summary>
    private const int Nanoseconds = 0x2000;

    /// <summary>TIME_ERROR: what adjtimex returns when the clock is not synchronised.</summary>
    private const int TimeError = 5;

    private static readonly HashSet<string> Daemons = new(StringComparer.Ordinal)
    {
        // comm is cut at 15 bytes.
        "chronyd", "ntpd", "ntpsec", "openntpd", "systemd-timesyn", "timesyncd", "ptp4l", "phc2sys", "ntpclient", "busybox-ntpd",
    };

    public static Reading<ClockFact> Read(HostPaths paths, TimeProvider time, Deadline deadline)
    {
        var (uptime, monotonic) = (KernelClock.Read(KernelClock.BootTime), KernelClock.Read(KernelClock.Monotonic));
        if (uptime is not { } sinceBoot || monotonic is not { } awake)
            return Reading<ClockFact>.None(NotAvailableReason.Failed, "clock_gettime does not answer");
        var source = Path.Combine(paths.Sys, "devices", "system", "clocksource", "clocksource0");
        var fact = new ClockFact
        {
            Source = HostFile.Line(source, "current_clocksource"),
            Sources = HostFile.Line(source, "available_clocksource")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            Daemons = [.. ProcessFinder.Find(paths.Proc, Daemons, deadline).Select(process => process.Name).Distinct().Order(StringComparer.Ordinal)],
            UptimeSeconds = Math.Round(sinceBoot.TotalSeconds, 3),
            // The two clocks are read one after the other: below a millisecond it is only that.
            SuspendedSeconds = Math.Round(Math.Max((sinceBoot - awake).TotalSeconds, 0), 2),
            BootTime = time.GetUtcNow() - sinceBoot,
        };
        var errno = KernelClock.TryReadState(out var state, out var condition);
        return Reading<ClockFact>.Of(errno == 0 ? WithState(fact, state, condition) : fact, unknown: errno == 0 ? 0 : 1);
    }

    internal static ClockFact WithState(ClockFact fact, Timex state, int condition) => fact with
    {
        Synchronised = (state.Status & Unsynchronised) == 0 && condition != TimeError,
        Status = state.Status,
        OffsetUs = (state.Status & Nanoseconds) != 0 ? state.Offset / 1000.0 : state.Offset,
        MaxErrorUs = state.MaxError,
        EstimatedErrorUs = state.EstimatedError,
        FrequencyPpm = Math.Round(state.Frequency / 65536.0, 3),
        TickUs = state.Tick,
        TaiOffset = state.Tai,
    };
}
