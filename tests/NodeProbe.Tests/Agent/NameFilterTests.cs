// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.NodeProbe.Agent;

namespace KubeWgDiag.NodeProbe.Tests.Agent;

public sealed class NameFilterTests
{
    [Theory]
    [InlineData("wg0", true)]
    [InlineData("wg1", false)]
    [InlineData("cilium_wg0", false)]
    public void Matches_IncludeAndExclude_ExcludeWins(string name, bool expected)
    {
        var filter = new GlobFilter { Include = ["wg*"], Exclude = ["*1"] };
        NameFilter.TryCreate(filter, out var result, out _).ShouldBeTrue();
        result.Matches(name).ShouldBe(expected);
    }

    [Fact]
    public void Matches_NoFilter_TakesAll()
    {
        NameFilter.TryCreate(null, out var result, out _).ShouldBeTrue();
        result.Matches("anything").ShouldBeTrue();
    }

    [Fact]
    public void TryCreate_BadGlob_IsNamedWithoutItsControlCharacters()
    {
        NameFilter.TryCreate(["wg*", "a\u001b[2Jb"], [], out _, out var problem).ShouldBeFalse();
        problem.ShouldStartWith("bad interface glob 'a [2Jb'");
    }

    [Fact]
    public void TryCreate_TooMany_IsRefused() =>
        NameFilter.TryCreate([.. Enumerable.Repeat("a", 33)], [], out _, out _).ShouldBeFalse();
}
