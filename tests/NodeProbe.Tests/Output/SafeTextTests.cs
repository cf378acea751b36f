// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Xunit;
using KubeWgDiag.NodeProbe.Output;

namespace KubeWgDiag.NodeProbe.Tests.Output;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("plain", "plain")]
    [InlineData("  two\r\n\twords  ", "two words")]
    [InlineData("red\u001b[31malert", "red [31malert")]
    [InlineData("bell\a\0nul", "bell nul")]
    [InlineData("user\u202egnp.exe", "user gnp.exe")]
    [InlineData("c1\u009bcsi", "c1 csi")]
    public void OneLine_HostileText_IsHarmless(string? text, string expected) => SafeText.OneLine(text).ShouldBe(expected);

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 5, "abcd…")]
    [InlineData("ab\U0001F600cd", 4, "ab…")]
    [InlineData("abc", 0, "")]
    public void OneLine_TooLong_IsCutVisibly(string text, int max, string expected) => SafeText.OneLine(text, max).ShouldBe(expected);

    [Property]
    public bool OneLine_AnyText_IsBoundedAndHarmlessAndWellFormed(string? text, PositiveInt max)
    {
        var line = SafeText.OneLine(text, max.Get);
        var wellFormed = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(line)) == line;
        return line.Length <= max.Get && wellFormed && line.All(c => !char.IsControl(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format);
    }
}
