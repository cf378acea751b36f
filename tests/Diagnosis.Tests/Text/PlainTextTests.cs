// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Xunit;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.Diagnosis.Tests.Text;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("plain", "plain")]
    [InlineData("  two\r\n\twords  ", "two words")]
    [InlineData("two  blanks", "two blanks")]
    [InlineData("red\u001b[31malert", "red [31malert")]
    [InlineData("bell\a\0nul", "bell nul")]
    [InlineData("user\u202egnp.exe", "user gnp.exe")]
    [InlineData("zero\u200bwidth", "zero width")]
    [InlineData("c1\u009bcsi", "c1 csi")]
    [InlineData("über 🙂", "über 🙂")]
    public void OneLine_HostileText_IsHarmless(string? text, string expected) => PlainText.OneLine(text).ShouldBe(expected);

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 5, "abcd…")]
    [InlineData("ab\U0001F600cd", 4, "ab…")]
    [InlineData("abc", 0, "")]
    public void OneLine_TooLong_IsCutVisibly(string text, int max, string expected) => PlainText.OneLine(text, max).ShouldBe(expected);

    [Theory]
    [InlineData("\0\a", null, "-")]
    [InlineData("", null, "-")]
    [InlineData(null, null, "-")]
    [InlineData(" a ", "a", "a")]
    public void Clean_NothingLeft_IsNullOrTheWordForIt(string? text, string? clean, string otherwise)
    {
        PlainText.Clean(text, 100).ShouldBe(clean);
        PlainText.CleanOr(text, 100, "-").ShouldBe(otherwise);
    }

    [Theory]
    [InlineData("plain ~", true)]
    [InlineData("über 🙂", true)]
    [InlineData("a\u202eb", false)]
    [InlineData("a\nb", false)]
    [InlineData(null, false)]
    public void IsPlain_AnyText_TellsWhatWouldBeTakenOut(string? text, bool plain) => PlainText.IsPlain(text).ShouldBe(plain);

    [Fact]
    public void IsPlain_LoneSurrogate_IsNot() => PlainText.IsPlain("a" + (char)0xd800).ShouldBeFalse();

    [Property]
    public bool OneLine_AnyText_IsBoundedAndHarmlessAndWellFormed(string? text, PositiveInt max)
    {
        var line = PlainText.OneLine(text, max.Get);
        var wellFormed = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(line)) == line;
        return line.Length <= max.Get && wellFormed && PlainText.IsPlain(line)
            && line.All(c => !char.IsControl(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format);
    }
}
