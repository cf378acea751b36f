// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Operator.Intake;

namespace KubeWgDiag.Operator.Tests.Intake;

public sealed class KeptAnswerTests
{
    [Fact]
    public void Keep_Answer_KeepsTheFactsAndNoJson()
    {
        var kept = ReportIntake.Keep(TestData.NodeProbe("a", "r1", TestData.Answer("r1", TestData.Facts("a"))));
        kept.Status!.Facts.ShouldBeNull();
        kept.Status.Phase.ShouldBe(NodeProbePhase.Complete);
        ReportIntake.Read(kept).ShouldBeOfType<NodeReport.Facts>().Value.Node.ShouldBe("a");
    }

    [Fact]
    public void Keep_SameAnswerAgain_IsTheSameObject()
    {
        var one = ReportIntake.Read(ReportIntake.Keep(TestData.NodeProbe("b", "r1", TestData.Answer("r1", TestData.Facts("b")))));
        var again = ReportIntake.Read(ReportIntake.Keep(TestData.NodeProbe("b", "r1", TestData.Answer("r1", TestData.Facts("b")))));
        again.ShouldBeSameAs(one);
    }

    [Fact]
    public void Keep_SameFactsAtAnotherNode_AreRefusedThere()
    {
        var answer = TestData.Answer("r1", TestData.Facts("c"));
        ReportIntake.Read(ReportIntake.Keep(TestData.NodeProbe("c", "r1", answer))).ShouldBeOfType<NodeReport.Facts>();
        ReportIntake.Read(ReportIntake.Keep(TestData.NodeProbe("d", "r1", answer))).ShouldBeOfType<NodeReport.Invalid>();
    }

    [Fact]
    public void Keep_AnswerToAnotherRun_IsNoAnswer()
    {
        var kept = ReportIntake.Keep(TestData.NodeProbe("e", "r2", TestData.Answer("r1", TestData.Facts("e"))));
        ReportIntake.Read(kept).ShouldBeOfType<NodeReport.Silent>();
    }

    [Fact]
    public void Keep_NoStatus_IsTheObjectItself()
    {
        var probe = TestData.NodeProbe("f", "r1");
        ReportIntake.Keep(probe).ShouldBeSameAs(probe);
    }
}
