// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Operator.Reporting;
using static KubeWgDiag.Operator.Tests.TestData;

namespace KubeWgDiag.Operator.Tests.Reporting;

public sealed class DiagnosisEventTests
{
    [Fact]
    public void Started_SaysWhatItIsAbout()
    {
        var started = DiagnosisEvent.Started(Mesh(), "run-1");

        started.Type.ShouldBe("Normal");
        started.Action.ShouldNotBeNullOrEmpty();
        started.Regarding.ShouldNotBeNull().Uid.ShouldBe(Uid);
        // Two runs are two events, however soon they follow each other.
        DiagnosisEvent.Started(Mesh(), "run-2").Regarding.ShouldNotBe(started.Regarding);
    }

    [Fact]
    public void Ended_TheSameCauseInAnotherRun_IsTheSameSeries()
    {
        TunnelDiagnosisStatus Status(string run, string node) => new() { Run = run, RootCauses = [RootCauseMapper.Map(Cause("WG-1")) with { Node = node }] };

        var first = DiagnosisEvent.Ended(Mesh(), Status("run-1", "a")).First();
        var again = DiagnosisEvent.Ended(Mesh(), Status("run-2", "a")).First();
        var elsewhere = DiagnosisEvent.Ended(Mesh(), Status("run-2", "b")).First();

        (again.Regarding, again.Related, again.Reason, again.Action).ShouldBe((first.Regarding, first.Related, first.Reason, first.Action));
        elsewhere.Related.ShouldNotBe(first.Related);
        first.Related.ShouldNotBeNull().Name.ShouldBe("a");
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

        var events = DiagnosisEvent.Ended(Mesh(), status).ToList();

        events.Select(e => e.Reason).ShouldBe(["RootCauseFound", "RootCauseFound", "RootCauseFound", "RootCauseFound", "RootCauseFound", "Complete"]);
        events[0].Type.ShouldBe("Warning");
        events[0].Note.ShouldBe("WG-0 on a: two peers claim 10.0.1.0/24");
        events.Select(e => e.Metadata.Name).Distinct().Count().ShouldBe(6);
        // The same run told again has the same names, so the server refuses the repetition.
        DiagnosisEvent.Ended(Mesh(), status).Select(e => e.Metadata.Name).ShouldBe(events.Select(e => e.Metadata.Name));
        DiagnosisEvent.Ended(Mesh(), status with { Run = "run-2" }).First().Metadata.Name.ShouldNotBe(events[0].Metadata.Name);
    }
}
