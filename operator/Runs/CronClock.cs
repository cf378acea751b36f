// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Runs;

/// <summary>
/// A cron schedule on the clock of a time zone. Where the clock jumps forward, a time inside the gap comes at the end of the gap, so
/// that a daily run is not lost. Where the clock is set back, a schedule with a fixed hour runs in the first pass only, and one with
/// <c>*</c> hours runs in both, because it means "every n minutes".
/// </summary>
internal sealed record CronClock(CronSchedule Schedule, TimeZoneInfo Zone)
{
    // More than any shift of a clock in the zone database except date-line changes, which are gaps and need no look-back.
    private static readonly TimeSpan LargestShift = TimeSpan.FromHours(3);

    /// <summary>First moment strictly after this one; null when none comes within nine years.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        DateTimeOffset? best = null;
        var wall = TimeZoneInfo.ConvertTime(after, Zone).DateTime - LargestShift;
        while (Schedule.NextWallTime(wall) is { } candidate)
        {
            if (best is { } found && candidate > TimeZoneInfo.ConvertTime(found, Zone).DateTime + LargestShift)
                break;
            foreach (var moment in MomentsOf(candidate))
            {
                if (moment > after && (best is null || moment < best))
                    best = moment;
            }

            wall = candidate.AddMinutes(1);
        }

        return best;
    }

    private IEnumerable<DateTimeOffset> MomentsOf(DateTime wall)
    {
        if (Zone.IsInvalidTime(wall))
        {
            yield return Utc(EndOfGap(wall), Zone.GetUtcOffset(EndOfGap(wall)));
        }
        else if (Zone.IsAmbiguousTime(wall))
        {
            var offsets = Zone.GetAmbiguousTimeOffsets(wall);
            yield return Utc(wall, offsets.Max());
            if (Schedule.FollowsElapsedTime)
                yield return Utc(wall, offsets.Min());
        }
        else
        {
            yield return Utc(wall, Zone.GetUtcOffset(wall));
        }
    }

    private DateTime EndOfGap(DateTime wall)
    {
        while (Zone.IsInvalidTime(wall))
            wall = wall.AddMinutes(1);
        return wall;
    }

    private static DateTimeOffset Utc(DateTime wall, TimeSpan offset) => new DateTimeOffset(wall, offset).ToUniversalTime();
}
