// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Operator.Reporting;

namespace KubeWgDiag.Operator.Runs;

/// <summary>When the runs of a diagnosis are due.</summary>
internal abstract record RunTiming
{
    /// <summary>One run for each generation of the spec.</summary>
    internal sealed record Once : RunTiming;

    /// <summary>A run at once, then one each interval, counted from start to start.</summary>
    internal sealed record Every(TimeSpan Interval) : RunTiming;

    /// <summary>A run at each time of a cron schedule.</summary>
    internal sealed record At(CronClock Clock) : RunTiming;

    /// <summary>Shortest interval (the CRD's rule, repeated because an older CRD may be installed).</summary>
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(30);

    /// <summary>Reads the timing from a spec, or says why it cannot be carried out.</summary>
    public static (RunTiming? Timing, SpecFault? Fault) From(TunnelDiagnosisSpec spec) => spec switch
    {
        { Schedule: not null, Interval: not null } => (null, new(Reasons.InvalidSchedule, "schedule and interval exclude each other")),
        { Schedule: { } schedule } => FromSchedule(schedule, spec.TimeZone),
        { Interval: { } interval } => FromInterval(interval),
        _ => (new Once(), null),
    };

    private static (RunTiming?, SpecFault?) FromInterval(string text)
    {
        if (!DurationText.TryParse(text, out var interval) || interval < ShortestInterval)
            return (null, new(Reasons.InvalidInterval, $"interval '{text}' is not a duration of at least 30s such as 90s, 15m or 6h"));
        return (new Every(interval), null);
    }

    private static (RunTiming?, SpecFault?) FromSchedule(string text, string? zoneName)
    {
        if (CronSchedule.TryParse(text) is not { } schedule)
        {
            return (null, new(
                Reasons.InvalidSchedule,
                $"schedule '{text}' is not a cron expression (minute hour day-of-month month day-of-week) that ever comes"));
        }

        if (zoneName is null or "UTC" or "Etc/UTC")
            return (new At(new CronClock(schedule, TimeZoneInfo.Utc)), null);
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zoneName, out var zone))
            return (null, new(Reasons.UnknownTimeZone, $"timeZone '{zoneName}' is not in the operator's time zone database"));
        return (new At(new CronClock(schedule, zone)), null);
    }
}

/// <summary>Why a spec cannot be carried out.</summary>
/// <param name="Reason">Word for the Accepted condition.</param>
/// <param name="Message">One line for people.</param>
internal sealed record SpecFault(string Reason, string Message);
