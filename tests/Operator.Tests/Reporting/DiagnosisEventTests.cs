// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Operator.Reporting;
using static KubeWgDiag.Operator.Tests.TestData;

namespace KubeWgDiag.Operator.Tests.Reporting;

public sealed class DiagnosisEventTests
{
    [Fact]
    public void Started_KeepsTheRulesOfTheApi()
    {
        var started = DiagnosisEvent.Started(Mesh(), "run-1", Noon);

        started.Metadata.Namespace.ShouldBe("default");
        started.EventTime.ShouldBe(Noon);
        started.Type.ShouldBe("Normal");
        started.Action.ShouldNotBeNullOrEmpty();
        started.ReportingController.ShouldNotBeNullOrEmpty();
        started.ReportingInstance.ShouldNotBeNullOrEmpty();
        started.Regarding.ShouldNotBeNull().Uid.ShouldBe(Uid);
    }

    [Fact]
    public void Ended_WarnsOfEachCauseOnce()
    {
        var status = new TunnelDiagnosisStatus
        {
            Run = "run-1",
            Summary = "sum",
            RootCauses = [.. Enumerable.Range(0, 9).Select(i => RootCauseMapper.Map(Cause($"WG-{i}"))), RootCauseMapper.Map(Cause(severity: KubeWgDiag.Diagnosis.Findings.Severity.Info))],
        };

        var events = DiagnosisEvent.Ended(Mesh(), status, Noon).ToList();

        events.Select(e => e.Reason).ShouldBe(["RootCauseFound", "RootCauseFound", "RootCauseFound", "RootCauseFound", "RootCauseFound", "Complete"]);
        events[0].Type.ShouldBe("Warning");
        events[0].Note.ShouldBe("WG-0 on a: two peers claim 10.0.1.0/24");
        events.Select(e => e.Metadata.Name).Distinct().Count().ShouldBe(6);
        // The same run told again has the same names, so the server refuses the repetition.
        DiagnosisEvent.Ended(Mesh(), status, Noon.AddHours(1)).Select(e => e.Metadata.Name).ShouldBe(events.Select(e => e.Metadata.Name));
        DiagnosisEvent.Ended(Mesh(), status with { Run = "run-2" }, Noon).First().Metadata.Name.ShouldNotBe(events[0].Metadata.Name);
    }

    [Fact]
    public void Ended_LongSummary_FitsTheNoteInBytes()
    {
        var note = DiagnosisEvent.Ended(Mesh(), new() { Run = "r", Summary = new string('ü', 1024) }, Noon).Single().Note.ShouldNotBeNull();

        Encoding.UTF8.GetByteCount(note).ShouldBe(1024);
    }
}
