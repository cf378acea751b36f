// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Runs;

/// <summary>
/// A cron expression of five fields (crontab(5)): minute, hour, day of month, month, day of week; lists, ranges, steps, English
/// names, 7 for Sunday, and the @ words. When both day fields are restricted, either may match, as in crontab(5).
/// <see cref="CronClock"/> carries it onto a time zone.
/// </summary>
internal sealed class CronSchedule
{
    // The 29th of February can be 8 years away (1896 to 1904, 2096 to 2104); what is not found then never comes (30th of February).
    private const int SearchYears = 9;

    private static readonly string[] Months =
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly CronField _minutes;
    private readonly CronField _hours;
    private readonly CronField _daysOfMonth;
    private readonly CronField _months;
    private readonly CronField _daysOfWeek;

    private CronSchedule(CronField minutes, CronField hours, CronField daysOfMonth, CronField months, CronField daysOfWeek)
    {
        _minutes = minutes;
        _hours = hours;
        _daysOfMonth = daysOfMonth;
        _months = months;
        // 7 is another name of Sunday.
        _daysOfWeek = daysOfWeek.Contains(7) ? daysOfWeek with { Bits = daysOfWeek.Bits | 1 } : daysOfWeek;
    }

    /// <summary>The schedule follows the passing of time rather than the hands of the clock: it runs in both passes of a repeated hour.</summary>
    public bool FollowsElapsedTime => _hours.IsStar;

    /// <summary>Parses an expression; null when it is wrong or names a day that never comes.</summary>
    public static CronSchedule? TryParse(string text)
    {
        var fields = Expand(text.Trim()).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
            return null;
        if (CronField.TryParse(fields[0], 0, 59, []) is not { } minutes
            || CronField.TryParse(fields[1], 0, 23, []) is not { } hours
            || CronField.TryParse(fields[2], 1, 31, []) is not { } daysOfMonth
            || CronField.TryParse(fields[3], 1, 12, Months) is not { } months
            || CronField.TryParse(fields[4], 0, 7, Days) is not { } daysOfWeek)
        {
            return null;
        }

        var schedule = new CronSchedule(minutes, hours, daysOfMonth, months, daysOfWeek);
        return schedule.NextWallTime(new DateTime(2000, 1, 1)) is null ? null : schedule;
    }

    /// <summary>First matching minute of the wall clock at or after this one; null when there is none within nine years.</summary>
    public DateTime? NextWallTime(DateTime from)
    {
        var minute = new DateTime(from.Ticks - (from.Ticks % TimeSpan.TicksPerMinute));
        if (minute < from)
            minute = minute.AddMinutes(1);
        var end = from.Year + SearchYears < 9999 ? from.AddYears(SearchYears) : DateTime.MaxValue.AddDays(-40);
        while (minute < end)
        {
            if (!_months.Contains(minute.Month))
                minute = new DateTime(minute.Year, minute.Month, 1).AddMonths(1);
            else if (!MatchesDay(minute))
                minute = minute.Date.AddDays(1);
            else if (!_hours.Contains(minute.Hour))
                minute = minute.Date.AddHours(minute.Hour + 1);
            else if (!_minutes.Contains(minute.Minute))
                minute = minute.AddMinutes(1);
            else
                return minute;
        }

        return null;
    }

    private bool MatchesDay(DateTime date)
    {
        var ofMonth = _daysOfMonth.Contains(date.Day);
        var ofWeek = _daysOfWeek.Contains((int)date.DayOfWeek);
        return _daysOfMonth.IsStar || _daysOfWeek.IsStar ? ofMonth && ofWeek : ofMonth || ofWeek;
    }

    private static string Expand(string text) => text.ToUpperInvariant() switch
    {
        "@HOURLY" => "0 * * * *",
        "@DAILY" or "@MIDNIGHT" => "0 0 * * *",
        "@WEEKLY" => "0 0 * * 0",
        "@MONTHLY" => "0 0 1 * *",
        "@YEARLY" or "@ANNUALLY" => "0 0 1 1 *",
        _ => text,
    };
}
