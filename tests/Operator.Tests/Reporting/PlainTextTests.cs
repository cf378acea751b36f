// SPDX-License-Identifier: Apache-2.0

using System.Text;
using FsCheck.Xunit;
using KubeWgDiag.Operator.Reporting;

namespace KubeWgDiag.Operator.Tests.Reporting;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("  in  between  ", "in  between")]
    [InlineData("a\nb\tc", "a b c")]
    [InlineData("\u001b[31mred", "[31mred")]
    [InlineData("abc\u202edef", "abc def")]
    [InlineData("zero\u200bwidth", "zero width")]
    [InlineData("über 🙂", "über 🙂")]
    [InlineData("\u0000\u0007", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Clean_Table(string? text, string? expected) => PlainText.Clean(text, 100).ShouldBe(expected);

    [Fact]
    public void Clean_LongText_IsCutBeforeASurrogatePair()
    {
        PlainText.Clean("abcdef", 5).ShouldBe("abcd…");
        PlainText.Clean("abc🙂def", 5).ShouldBe("abc…");
        PlainText.Clean("abcde", 5).ShouldBe("abcde");
    }

    [Property]
    public bool Clean_AnyText_IsPlainAndBounded(string? text, byte length)
    {
        var max = length + 2;
        var clean = PlainText.Clean(text, max);
        return clean is null || (clean.Length <= max && PlainText.IsPlain(clean) && Encoding.UTF8.GetByteCount(clean) > 0);
    }
}
