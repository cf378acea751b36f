// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Operator.Intake;
using static KubeWgDiag.Operator.Tests.TestData;

namespace KubeWgDiag.Operator.Tests.Intake;

public sealed class NodeClocksTests
{
    [Theory]
    // Seconds after the run began: probe's start, probe's end, operator's look; what is found.
    [InlineData(2, 12, 13, null)]
    [InlineData(-9, 1, 13, null)]
    [InlineData(2, 22, 13, null)]
    [InlineData(302, 312, 13, 299)]
    [InlineData(-598, -588, 13, -598)]
    // The answer was seen late: the node may be right.
    [InlineData(302, 312, 900, null)]
    public void Check_Bounds_FindOnlyWhatIsCertain(int start, int end, int seen, int? offset)
    {
        var probe = NodeProbe("n", "r", Answer("r", Facts("n")) with { StartTime = Noon.AddSeconds(start), CompletionTime = Noon.AddSeconds(end) });

        OffsetAt(seen).ShouldBe(offset);
        // A later look at the same answer says the same.
        OffsetAt(seen + 500).ShouldBe(offset);

        int? OffsetAt(int seconds) => NodeClocks.Check(probe, Noon, Noon.AddSeconds(seconds))?.OffsetSeconds;
    }

    [Fact]
    public void Check_AnswerToAnotherRun_SaysNothing() =>
        NodeClocks.Check(NodeProbe("n", "r2", Answer("r1", Facts("n")) with { StartTime = Noon.AddDays(-1) }), Noon, Noon).ShouldBeNull();

    [Fact]
    public void Check_TimesFromTheEndOfTime_StayInBounds()
    {
        var probe = NodeProbe("n", "r", Answer("r", Facts("n")) with { StartTime = DateTimeOffset.MaxValue, CompletionTime = DateTimeOffset.MinValue });

        NodeClocks.Check(probe, Noon, Noon).ShouldNotBeNull().OffsetSeconds.ShouldBe(int.MaxValue);
    }
}
