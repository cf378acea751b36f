// SPDX-License-Identifier: Apache-2.0

using FsCheck.Xunit;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.NodeProbe.Output;

namespace KubeWgDiag.NodeProbe.Tests.Output;

public sealed class ShortFormsTests
{
    [Theory]
    [InlineData(0UL, "0 B")]
    [InlineData(999UL, "999 B")]
    [InlineData(1000UL, "1.0 KiB")]
    [InlineData(10_188UL, "9.9 KiB")]
    [InlineData(10_190UL, "10 KiB")]
    [InlineData(1_048_576UL, "1.0 MiB")]
    [InlineData(ulong.MaxValue, "16 EiB")]
    public void Bytes_Value_HasUnit(ulong bytes, string expected) => ShortForms.Bytes(bytes).ShouldBe(expected);

    [Property]
    public bool Bytes_AnyValue_FitsTheColumn(ulong bytes) => ShortForms.Bytes(bytes).Length <= 7;

    [Theory]
    [InlineData(-5, "0s")]
    [InlineData(59, "59s")]
    [InlineData(61, "1m01s")]
    [InlineData(3 * 3600 + 120, "3h02m")]
    [InlineData(2 * 86400 + 3600, "2d01h")]
    public void Age_Seconds_HasTwoUnits(int seconds, string expected) =>
        ShortForms.Age(SampleFacts.At.AddSeconds(-seconds), SampleFacts.At).ShouldBe(expected);

    [Fact]
    public void Age_NoTime_IsNever() => ShortForms.Age(null, SampleFacts.At).ShouldBe("never");

    [Fact]
    public void Growth_NotObserved_IsADash()
    {
        ShortForms.Growth(new Counter(5)).ShouldBe("-");
        ShortForms.Growth(new Counter(5, 0)).ShouldBe("0 B");
        ShortForms.Growth(new Counter(5, 5)).ShouldBe("+5 B");
    }

    [Fact]
    public void Key_Base64_ShowsBothEnds() => ShortForms.Key("aB3dE6g9aB3dE6g9aB3dE6g9aB3dE6g9aB3dE6gWxYz=").ShouldBe("aB3d…WxYz");

    [Fact]
    public void State_EveryState_HasItsOwnShortWord()
    {
        var words = Enum.GetValues<TunnelState>().Select(ShortForms.State).ToList();
        words.ShouldBeUnique();
        words.ShouldAllBe(w => w.Length <= 13);
    }
}
