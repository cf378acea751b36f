// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.NodeProbe.Commands;
using KubeWgDiag.NodeProbe.Tests.Output;

namespace KubeWgDiag.NodeProbe.Tests.Commands;

public sealed class ExitCodesTests
{
    [Theory]
    [InlineData(null, false, 0)]
    [InlineData(Severity.Info, false, 0)]
    [InlineData(Severity.Warning, false, 1)]
    [InlineData(Severity.Critical, false, 1)]
    [InlineData(null, true, 2)]
    [InlineData(Severity.Info, true, 2)]
    [InlineData(Severity.Warning, true, 1)]
    public void Of_Report_FindingsWinOverWhatCouldNotBeChecked(Severity? worst, bool unchecked_, int expected)
    {
        var report = worst is { } severity ? SampleReports.Of(SampleReports.Finding(severity)) : SampleReports.Of();
        if (unchecked_) report = report with { CouldNotCheck = [new CouldNotCheck("node-a", "routes", "not permitted")] };
        ExitCodes.Of(report).ShouldBe(expected);
    }

    [Fact]
    public void Of_SevereConsequenceOfAMildCause_Counts()
    {
        var mild = SampleReports.Of(SampleReports.Finding(Severity.Info));
        var report = mild with { RootCauses = [mild.RootCauses[0] with { Consequences = [SampleReports.Finding(Severity.Error)] }] };
        ExitCodes.Of(report).ShouldBe(1);
    }
}
