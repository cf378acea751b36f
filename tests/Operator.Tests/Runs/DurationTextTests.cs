// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Tests.Runs;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("6h", 21600)]
    [InlineData("1h30m15s", 5415)]
    [InlineData("0s", 0)]
    [InlineData("8784h", 31622400)]
    public void TryParse_Durations_GiveSeconds(string text, int seconds)
    {
        DurationText.TryParse(text, out var duration).ShouldBeTrue();
        duration.TotalSeconds.ShouldBe(seconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("90")]
    [InlineData("s")]
    [InlineData("1s1m")]
    [InlineData("1.5h")]
    [InlineData("-1s")]
    [InlineData(" 1s")]
    [InlineData("1d")]
    [InlineData("1h1h")]
    [InlineData("999999999h")]
    [InlineData("99999999999999999999s")]
    public void TryParse_AnythingElse_IsRefused(string text) => DurationText.TryParse(text, out _).ShouldBeFalse();
}
