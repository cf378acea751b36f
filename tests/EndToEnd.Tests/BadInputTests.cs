// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Demo.Cluster;
using KubeWgDiag.EmbeddedApiServer;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Lab.Faults;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.EndToEnd.Tests;

/// <summary>Whatever goes wrong ends in a clear state, and nothing that was found is lost.</summary>
[Trait("Category", "Lab")]
public sealed class BadInputTests(BadInputTests.Fixture fixture) : IClassFixture<BadInputTests.Fixture>
{
    [SkippableFact]
    public async Task Apply_SpecThatBreaksTheSchema_IsRefusedWithTheFieldsName()
    {
        var refused = await ApplyAsync(new TunnelDiagnosisSpec { ObservationSeconds = 1000 });

        refused.Error.ShouldNotBeNull().Kind.ShouldBe(KubeErrorKind.Invalid);
        refused.Error.Message.ShouldContain("spec.observationSeconds");
    }

    [SkippableFact]
    public async Task Apply_ScheduleAndInterval_IsRefusedByTheRule()
    {
        var refused = await ApplyAsync(new TunnelDiagnosisSpec { Schedule = "0 * * * *", Interval = "5m" });

        refused.Error.ShouldNotBeNull().Kind.ShouldBe(KubeErrorKind.Invalid);
        refused.Error.Message.ShouldContain("schedule and interval exclude each other");
    }

    [SkippableFact]
    public async Task Diagnosis_ThatSelectsNoNode_EndsAtOnceWithTheReason()
    {
        var diagnosis = await fixture.AskAsync(ClusterFixture.Spec() with { NodeSelector = new Dictionary<string, string> { ["no"] = "such-label" } });

        diagnosis.ConditionOf("Complete").ShouldNotBeNull().Reason.ShouldBe("NoNodesSelected");
        diagnosis.ConditionOf("TunnelsHealthy").ShouldNotBeNull().Status.ShouldBe("Unknown");
        diagnosis.Status!.Nodes!.Desired.ShouldBe(0);
    }

    [SkippableTheory]
    [InlineData(Misbehaviour.Refuses)]
    [InlineData(Misbehaviour.NeverStarts)]
    [InlineData(Misbehaviour.EndsAtOnce)]
    [InlineData(Misbehaviour.StaysSilent)]
    public async Task Diagnosis_WithANodeThatNeverReports_EndsAtTheDeadlineAndKeepsTheOthers(Misbehaviour misbehaviour)
    {
        _ = fixture.Cluster;
        fixture.Runtime.ShouldNotBeNull().Misbehaviour = misbehaviour;
        try
        {
            var diagnosis = await fixture.AskAsync(ClusterFixture.Spec(deadlineSeconds: 14));

            var nodes = diagnosis.Status!.Nodes!;
            nodes.Progress.ShouldBe("2/3");
            var absent = nodes.NotReported.ShouldNotBeNull().ShouldHaveSingleItem();
            absent.Node.ShouldBe(MisbehavingRuntime.Node);
            absent.Reason.ShouldNotBeNullOrWhiteSpace();
            absent.Message.ShouldNotBeNullOrWhiteSpace();
            diagnosis.ConditionOf("Complete").ShouldNotBeNull().Reason.ShouldBe("DeadlineExceeded");
            diagnosis.IsHealthy().ShouldBeFalse();
            diagnosis.Status.Tunnels!.Total.ShouldBeGreaterThan(0);
        }
        finally
        {
            fixture.Runtime.Misbehaviour = Misbehaviour.None;
        }
    }

    [SkippableFact]
    public async Task Diagnosis_WhileTheApiServerIsAwayFor20Seconds_LosesNothing()
    {
        var fault = FaultCatalogue.Find(FaultCatalogue.Default).ShouldNotBeNull();
        var scene = new FaultScene(fixture.Lab, fixture.Family);
        await fixture.RecoveredAsync();
        try
        {
            await fault.InjectAsync(scene, CancellationToken.None);
            var before = await fixture.AskAsync();
            var name = fixture.NewName();
            await fixture.Diagnoses.ApplyAsync(name, ClusterFixture.Spec(deadlineSeconds: 120), CancellationToken.None);
            // In the middle: the probes are watching their counters.
            await Task.Delay(TimeSpan.FromSeconds(3));
            await fixture.Cluster.Api.GoAwayAsync();
            await Task.Delay(TimeSpan.FromSeconds(20));
            await fixture.Cluster.Api.ComeBackAsync();

            var after = await fixture.Diagnoses.WaitAsync(name, TimeSpan.FromSeconds(150), changed: null, CancellationToken.None);

            FaultJourney.ShouldName(fixture, after, fault.CodeOver(fixture.Family));
            after.Status!.Nodes!.Progress.ShouldBe("3/3");
            var kept = await fixture.Diagnoses.GetAsync(before.Metadata.Name!, CancellationToken.None);
            kept.Status!.RootCauses![0].Code.ShouldBe(fault.CodeOver(fixture.Family));
            kept.Status.CompletionTime.ShouldBe(before.Status!.CompletionTime);
        }
        finally
        {
            await Fault.HealAsync(scene, CancellationToken.None);
        }
    }

    [SkippableFact]
    public async Task Diagnosis_ThatIsComplete_LeavesNoProbePodBehind()
    {
        await fixture.RecoveredAsync();

        var diagnosis = await fixture.AskAsync();

        var mine = new ListOptions { Namespace = LabCluster.Namespace, LabelSelector = $"{CrdLabels.DiagnosisUid}={diagnosis.Metadata.Uid}" };
        for (var tries = 0; tries < 50 && await CountPodsAsync(mine) > 0; tries++)
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        (await CountPodsAsync(mine)).ShouldBe(0);
    }

    private async Task<int> CountPodsAsync(ListOptions which)
    {
        var pods = await fixture.Cluster.Client.ListAsync(BuiltInTypes.Pod, which, CancellationToken.None);
        return pods.Value.ShouldNotBeNull().Items.Count;
    }

    private Task<KubeResult<TunnelDiagnosis>> ApplyAsync(TunnelDiagnosisSpec spec) => fixture.Cluster.Client.ApplyAsync(
        CrdTypes.TunnelDiagnosis,
        new TunnelDiagnosis
        {
            ApiVersion = CrdTypes.TunnelDiagnosis.ApiVersion,
            Kind = CrdTypes.TunnelDiagnosis.Kind,
            Metadata = new ObjectMeta { Name = fixture.NewName() },
            Spec = spec,
        },
        "kubewgdiag-lab",
        CancellationToken.None);

    public sealed class Fixture() : ClusterFixture(Family.V4)
    {
        internal MisbehavingRuntime? Runtime { get; private set; }

        protected override IPodRuntime WrapRuntime(IPodRuntime runtime) => Runtime = new MisbehavingRuntime(runtime);
    }
}
