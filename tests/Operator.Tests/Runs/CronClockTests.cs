// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using FsCheck.Xunit;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Tests.Runs;

public sealed class CronClockTests
{
    // Central European time as the zone database has it, made by hand so that the test needs no database: 02:00 -> 03:00 on the last Sunday of March,
    // 03:00 -> 02:00 on the last Sunday of October.
    private static readonly TimeZoneInfo Central = TimeZoneInfo.CreateCustomTimeZone(
        "Test/Central",
        TimeSpan.FromHours(1),
        null,
        null,
        null,
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                new DateTime(2000, 1, 1),
                new DateTime(2099, 12, 31),
                TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday)),
        ]);

    [Theory]
    // Ordinary days: winter is UTC+1, summer UTC+2.
    [InlineData("30 2 * * *", "2026-01-10T00:00Z", "2026-01-10T01:30Z")]
    [InlineData("30 2 * * *", "2026-07-10T00:00Z", "2026-07-10T00:30Z")]
    // Gap on 2026-03-29: 02:30 does not exist, the run comes at the end of the gap, 03:00 = 01:00Z; the next day is as ever.
    [InlineData("30 2 * * *", "2026-03-28T12:00Z", "2026-03-29T01:00Z")]
    [InlineData("30 2 * * *", "2026-03-29T01:00Z", "2026-03-30T00:30Z")]
    // Every quarter of an hour across the gap: nothing lost, nothing twice.
    [InlineData("*/15 * * * *", "2026-03-29T00:45Z", "2026-03-29T01:00Z")]
    [InlineData("*/15 * * * *", "2026-03-29T01:00Z", "2026-03-29T01:15Z")]
    // Overlap on 2026-10-25: 02:30 comes twice (00:30Z and 01:30Z); a fixed hour runs in the first pass only.
    [InlineData("30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:30Z")]
    [InlineData("30 2 * * *", "2026-10-25T00:30Z", "2026-10-26T01:30Z")]
    // Every quarter of an hour runs in both passes.
    [InlineData("*/15 * * * *", "2026-10-25T00:45Z", "2026-10-25T01:00Z")]
    [InlineData("*/15 * * * *", "2026-10-25T01:00Z", "2026-10-25T01:15Z")]
    [InlineData("*/15 * * * *", "2026-10-25T01:45Z", "2026-10-25T02:00Z")]
    public void Next_CentralEuropeanTime_Table(string expression, string after, string expected) =>
        new CronClock(CronSchedule.TryParse(expression)!, Central).Next(Time(after)).ShouldBe(Time(expected));

    [Fact]
    public void Next_Utc_IsStrictlyAfter()
    {
        var clock = new CronClock(CronSchedule.TryParse("0 * * * *")!, TimeZoneInfo.Utc);

        clock.Next(Time("2026-11-22T12:00Z")).ShouldBe(Time("2026-11-22T13:00Z"));
        clock.Next(Time("2026-11-22T12:00Z").AddSeconds(-1)).ShouldBe(Time("2026-11-22T12:00Z"));
    }

    [Property]
    public bool Next_EveryMinuteAroundClockChanges_IsTheVeryNextMinute(ushort minutes)
    {
        var clock = new CronClock(CronSchedule.TryParse("* * * * *")!, Central);
        var spring = Time("2026-03-28T18:00Z").AddMinutes(minutes % 1440);
        var autumn = Time("2026-10-24T18:00Z").AddMinutes(minutes % 1440);

        return clock.Next(spring) == spring.AddMinutes(1) && clock.Next(autumn) == autumn.AddMinutes(1);
    }

    [SkippableFact]
    public void From_NamedZone_UsesTheZoneDatabase()
    {
        Skip.IfNot(TimeZoneInfo.TryFindSystemTimeZoneById("Europe/Berlin", out _), "this machine has no time zone database (package tzdata)");

        var (timing, fault) = RunTiming.From(new() { Schedule = "30 2 * * *", TimeZone = "Europe/Berlin" });

        fault.ShouldBeNull();
        timing.ShouldBeOfType<RunTiming.At>().Clock.Next(Time("2026-03-28T12:00Z")).ShouldBe(Time("2026-03-29T01:00Z"));
    }

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
