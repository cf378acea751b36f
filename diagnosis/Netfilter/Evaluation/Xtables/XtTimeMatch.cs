// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>Date and time of day; the kernel's own time zone is in no facts.</summary>
internal static class XtTimeMatch
{
    private const int Day = 86400;

    public static XtAnswer Answer(EvaluationRun run, XtTime time)
    {
        if (time.LocalTimeZone) return XtAnswer.Unknown("the kernel's time zone");
        if (run.Environment.Now is not { } now) return XtAnswer.Unknown("the time");
        var stamp = now.ToUnixTimeSeconds();
        if (stamp < time.DateStart || stamp > time.DateStop) return XtAnswer.No;
        var second = (uint)(stamp % Day);
        var start = (From: time.DayTimeStart, To: time.DayTimeStop);
        if (start.From < start.To)
        {
            if (second < start.From || second > start.To) return XtAnswer.No;
        }
        else
        {
            if (second < start.From && second > start.To) return XtAnswer.No;
            // A range over midnight belongs to the day it began on.
            if (time.Contiguous && second <= start.To) stamp -= Day;
        }

        var date = DateTimeOffset.FromUnixTimeSeconds(stamp).UtcDateTime;
        var weekday = date.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)date.DayOfWeek;
        return XtAnswer.Of((time.WeekDays & (1 << weekday)) != 0 && (time.MonthDays & (1u << date.Day)) != 0);
    }
}
