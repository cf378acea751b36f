// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KubeWgDiag.NodeProbe.Agent;

namespace KubeWgDiag.NodeProbe.Tests.Agent;

public sealed class NameGlobTests
{
    [Theory]
    [InlineData("wg0", "wg0", true)]
    [InlineData("wg0", "wg01", false)]
    [InlineData("wg*", "wg", true)]
    [InlineData("*wg", "flannel-wg", true)]
    [InlineData("*wg", "flannel-wg-v6", false)]
    [InlineData("w?0", "wg0", true)]
    [InlineData("w?0", "w0", false)]
    [InlineData("*a*b*", "xaxb", true)]
    [InlineData("*a*b*", "xbxa", false)]
    [InlineData("wg.0", "wgx0", false)]
    [InlineData("WG0", "wg0", false)]
    public void Matches_Name_AsExpected(string pattern, string name, bool expected) => Glob(pattern).Matches(name).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("wg 0")]
    [InlineData("../wg")]
    [InlineData("wg[0]")]
    [InlineData("$(reboot)")]
    [InlineData("wg\n")]
    [InlineData("wgä")]
    public void TryCreate_BadText_IsRefused(string? text) => NameGlob.TryCreate(text, out _).ShouldBeFalse();

    [Fact]
    public void TryCreate_TooLong_IsRefused()
    {
        NameGlob.TryCreate(new string('a', 64), out _).ShouldBeTrue();
        NameGlob.TryCreate(new string('a', 65), out _).ShouldBeFalse();
    }

    [Property(MaxTest = 1000)]
    public Property Matches_AnyPatternAndName_AgreesWithRegex()
    {
        var texts = Gen.Choose(0, 12).SelectMany(n => Gen.Elements('a', 'b', '*', '?', '.').ArrayOf(n)).Select(c => new string(c));
        var names = Gen.Choose(0, 12).SelectMany(n => Gen.Elements('a', 'b', '.').ArrayOf(n)).Select(c => new string(c));
        return Prop.ForAll(Arb.From(texts), Arb.From(names), (pattern, name) =>
        {
            if (!NameGlob.TryCreate(pattern, out var glob)) return pattern.Length == 0;
            var regex = "\\A" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "\\z";
            return glob.Matches(name) == Regex.IsMatch(name, regex, RegexOptions.Singleline | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(5));
        });
    }

    [Fact]
    public void Matches_ManyStars_EndsSoon()
    {
        // Exponential for a matcher that backtracks over every star; the test would not end.
        var glob = Glob(string.Concat(Enumerable.Repeat("*a", 31)) + "b");
        glob.Matches(new string('a', 10_000)).ShouldBeFalse();
    }

    private static NameGlob Glob(string pattern) => NameGlob.TryCreate(pattern, out var glob) ? glob : throw new ArgumentException("bad glob", nameof(pattern));
}
