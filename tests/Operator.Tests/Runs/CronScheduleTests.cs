// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Tests.Runs;

public sealed class CronScheduleTests
{
    [Theory]
    // 2026-11-22 is a Sunday.
    [InlineData("* * * * *", "2026-11-22T12:00", "2026-11-22T12:00")]
    [InlineData("*/15 * * * *", "2026-11-22T12:01", "2026-11-22T12:15")]
    [InlineData("5/20 * * * *", "2026-11-22T12:26", "2026-11-22T12:45")]
    [InlineData("0,30 9-17/4 * * *", "2026-11-22T09:31", "2026-11-22T13:00")]
    [InlineData("0 3 * * *", "2026-11-22T03:01", "2026-11-23T03:00")]
    [InlineData("0 0 31 * *", "2026-11-22T00:00", "2026-12-31T00:00")]
    [InlineData("0 0 * * mon", "2026-11-22T00:00", "2026-11-23T00:00")]
    [InlineData("0 0 * * 7", "2026-11-22T00:01", "2026-11-29T00:00")]
    [InlineData("0 0 * * 0", "2026-11-22T00:01", "2026-11-29T00:00")]
    [InlineData("0 0 * * MON-FRI", "2026-11-21T00:00", "2026-11-23T00:00")]
    [InlineData("0 0 1 jan,Jul *", "2026-11-22T00:00", "2027-01-01T00:00")]
    [InlineData("0 0 29 2 *", "2026-11-22T00:00", "2028-02-29T00:00")]
    [InlineData("0 0 29 2 *", "2096-03-01T00:00", "2104-02-29T00:00")]
    [InlineData("59 23 31 12 ?", "2026-11-22T00:00", "2026-12-31T23:59")]
    // Both day fields restricted: either matches. One of them a star: both must.
    [InlineData("0 0 24 * mon", "2026-11-22T00:00", "2026-11-23T00:00")]
    [InlineData("0 0 24 * mon", "2026-11-23T00:01", "2026-11-24T00:00")]
    [InlineData("0 0 */2 * mon", "2026-11-22T00:00", "2026-11-23T00:00")]
    [InlineData("0 0 */2 * mon", "2026-11-24T00:00", "2026-12-07T00:00")]
    [InlineData("@hourly", "2026-11-22T12:01", "2026-11-22T13:00")]
    [InlineData("@daily", "2026-11-22T12:01", "2026-11-23T00:00")]
    [InlineData("@Weekly", "2026-11-22T12:01", "2026-11-29T00:00")]
    [InlineData("@monthly", "2026-11-22T12:01", "2026-12-01T00:00")]
    [InlineData("@yearly", "2026-11-22T12:01", "2027-01-01T00:00")]
    public void NextWallTime_Table(string expression, string from, string expected)
    {
        var next = CronSchedule.TryParse(expression).ShouldNotBeNull().NextWallTime(Time(from));

        next.ShouldBe(Time(expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * 32 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 8")]
    [InlineData("*/0 * * * *")]
    [InlineData("5-1 * * * *")]
    [InlineData("1-2-3 * * * *")]
    [InlineData("-1 * * * *")]
    [InlineData("+1 * * * *")]
    [InlineData("a * * * *")]
    [InlineData("1,,2 * * * *")]
    [InlineData("* * * foo *")]
    [InlineData("99999999999 * * * *")]
    [InlineData("0 0 30 2 *")]
    [InlineData("@never")]
    public void TryParse_WrongOrNeverComing_IsRefused(string expression) => CronSchedule.TryParse(expression).ShouldBeNull();

    [Fact]
    public void NextWallTime_WithSeconds_RoundsUp() =>
        CronSchedule.TryParse("* * * * *")!.NextWallTime(new DateTime(2026, 1, 1, 0, 0, 1)).ShouldBe(new DateTime(2026, 1, 1, 0, 1, 0));

    private static DateTime Time(string text) => DateTime.ParseExact(text, "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
}
