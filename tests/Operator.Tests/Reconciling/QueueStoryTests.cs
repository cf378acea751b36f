// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Reconciling;

namespace KubeWgDiag.Operator.Tests.Reconciling;

/// <summary>Several diagnoses on the same nodes, and limits that do not let all of them in.</summary>
public sealed class QueueStoryTests : IDisposable
{
    private readonly List<string> _order = [];
    private readonly Story _story;
    private TunnelDiagnosisController _operator;

    public QueueStoryTests()
    {
        _story = new Story(new(), new RunLimits { ConcurrentRuns = 1, StartSpread = TimeSpan.Zero }, ["a", "b"]);
        _operator = _story.NewOperator();
    }

    public void Dispose() => _story.Dispose();

    [Fact]
    public async Task Limit_OneRun_TheOthersWaitInTheOrderOfTheirComing()
    {
        await TurnAsync("mesh");
        Add("third", "uid-1");
        await TurnAsync("third");
        _story.Time.Advance(TimeSpan.FromSeconds(5));
        Add("fourth", "uid-0");
        await TurnAsync("fourth");

        var waiting = Of("third").Status.ShouldNotBeNull();
        waiting.Phase.ShouldBe(DiagnosisPhase.Pending);
        waiting.QueuedTime.ShouldBe(_story.Time.GetUtcNow().AddSeconds(-5));
        waiting.Conditions.ShouldNotBeNull().Single(c => c.Type == "Complete").Reason.ShouldBe("Queued");
        _story.Cluster.All<DaemonSet>().Count.ShouldBe(1);

        await LiveAsync(1, "fourth", "third", "mesh");

        _order.ShouldBe(["mesh", "third", "fourth"]);
    }

    [Fact]
    public async Task Restart_KeepsTheOrder()
    {
        await TurnAsync("mesh");
        foreach (var name in (string[])["x", "y", "z"])
        {
            Add(name, $"uid-{name}");
            await TurnAsync(name);
            _story.Time.Advance(TimeSpan.FromSeconds(2));
        }

        _operator = _story.NewOperator();
        Add("late", "uid-late");
        await LiveAsync(1, "late", "z", "y", "x", "mesh");

        _order.ShouldBe(["mesh", "x", "y", "z", "late"]);
    }

    [Fact]
    public async Task LargeRun_IsNotOvertaken()
    {
        _operator = With(new() { ConcurrentRuns = 5, AskedNodes = 3, StartSpread = TimeSpan.Zero });
        await TurnAsync("mesh");
        // Two nodes are asked; two more are too many, and one would fit but comes after.
        Add("large", "uid-large");
        await TurnAsync("large");
        _story.Time.Advance(TimeSpan.FromSeconds(2));
        _story.Cluster.AddNode(TestData.Node("a") with { Metadata = TestData.Node("a").Metadata with { Labels = new Dictionary<string, string> { ["one"] = "yes" } } });
        Add("small", "uid-small", new() { NodeSelector = new Dictionary<string, string> { ["one"] = "yes" } });
        await TurnAsync("small");
        Of("small").Status!.Phase.ShouldBe(DiagnosisPhase.Pending);

        await LiveAsync(2, "small", "large", "mesh");

        _order.ShouldBe(["mesh", "large", "small"]);
    }

    [Fact]
    public async Task HeadOfTheLineCannotBeWritten_TheOthersGoOn()
    {
        await TurnAsync("mesh");
        Add("bad", "uid-0");
        await TurnAsync("bad");
        Add("good", "uid-1");
        await TurnAsync("good");
        _story.Report("a");
        _story.Report("b");
        _story.Time.Advance(TimeSpan.FromSeconds(2));
        await TurnAsync("mesh");
        Of("mesh").Status!.Phase.ShouldBe(DiagnosisPhase.Complete);

        _story.Cluster.Refuse = call => call == "status tunneldiagnoses" ? new KubeError(KubeErrorKind.Invalid, "a webhook says no") : null;
        await TurnAsync("bad");
        _story.Cluster.Refuse = _ => null;
        await TurnAsync("good");

        Of("good").Status!.Phase.ShouldBe(DiagnosisPhase.Running);
    }

    [Fact]
    public async Task SuspendedWhileItWaits_LeavesTheLine()
    {
        await TurnAsync("mesh");
        Add("tired", "uid-0");
        await TurnAsync("tired");
        Change("tired", new() { Suspend = true });
        _story.Time.Advance(TimeSpan.FromSeconds(2));
        await TurnAsync("tired");

        Of("tired").Status.ShouldNotBeNull().ShouldSatisfyAllConditions(s => s.QueuedTime.ShouldBeNull(), s => s.Phase.ShouldBe(DiagnosisPhase.Suspended));
    }

    [Fact]
    public async Task RepeatedRunWaits_TheEarlierResultStands_AndTheWaitingRunIsNotTooLate()
    {
        _story.Cluster.Change(new() { Schedule = "1 12 * * *" });
        await TurnAsync("mesh");
        Add("other", "uid-other", new() { DeadlineSeconds = 3600 });
        await TurnAsync("other");
        _story.Time.Advance(TimeSpan.FromMinutes(1));
        await TurnAsync("mesh");
        var queued = Of("mesh").Status.ShouldNotBeNull();
        queued.QueuedTime.ShouldBe(TestData.Noon.AddMinutes(1));

        // Longer than a late run would be started without the line.
        _story.Time.Advance(TimeSpan.FromMinutes(90));
        await TurnAsync("mesh");
        await LiveAsync(1, "other", "mesh");

        _order.ShouldBe(["other", "mesh"]);
        Of("mesh").Status!.MissedRuns.ShouldBeNull();
    }

    [Fact]
    public async Task SpecChangesDuringARun_ItKeepsItsPlace()
    {
        await TurnAsync("mesh");
        var first = Of("mesh").Status!.Run;
        Add("next", "uid-0");
        await TurnAsync("next");
        Change("mesh", new() { ObservationSeconds = 20 });
        _story.Time.Advance(TimeSpan.FromSeconds(2));

        await TurnAsync("mesh");

        Of("mesh").Status.ShouldNotBeNull().ShouldSatisfyAllConditions(s => s.Phase.ShouldBe(DiagnosisPhase.Running), s => s.Run.ShouldNotBe(first));
        Of("next").Status!.Phase.ShouldBe(DiagnosisPhase.Pending);
    }

    [Fact]
    public async Task SeveralAtOnce_OnTheSameNodes_DoNotTouchEachOther()
    {
        _operator = With(new() { StartSpread = TimeSpan.Zero });
        string[] names = ["mesh", "two", "three"];
        Add("two", "uid-2");
        Add("three", "uid-3");

        foreach (var name in names)
            await TurnAsync(name);

        names.ShouldAllBe(name => Of(name).Status!.Phase == DiagnosisPhase.Running);
        _story.Cluster.All<DaemonSet>().Count.ShouldBe(3);
        _story.Cluster.All<NodeProbe>().GroupBy(probe => probe.Spec!.Diagnosis).ShouldAllBe(group => group.Count() == 2 && group.All(probe => probe.Spec!.Run == Of(group.Key).Status!.Run));
    }

    private TunnelDiagnosisController With(RunLimits limits) => _story.NewOperator(limits: limits);

    private TunnelDiagnosis Of(string name) => _story.Cluster.All<TunnelDiagnosis>().Single(diagnosis => diagnosis.Metadata.Name == name);

    private void Add(string name, string uid, TunnelDiagnosisSpec? spec = null) => _story.Cluster.Add(name, uid, spec ?? new());

    private void Change(string name, TunnelDiagnosisSpec spec)
    {
        var old = Of(name);
        _story.Cluster.Put(CrdTypes.TunnelDiagnosis, old with { Spec = spec, Metadata = old.Metadata with { Generation = old.Metadata.Generation + 1, ResourceVersion = old.Metadata.ResourceVersion + "0" } });
    }

    private async Task TurnAsync(string name)
    {
        await _operator.ReconcileAsync(Of(name), CancellationToken.None);
        if (Of(name).Status?.Phase != DiagnosisPhase.Running)
            return;
        if (!_order.Contains(name))
            _order.Add(name);
        await _operator.ReconcileAsync(Of(name), CancellationToken.None);
    }

    // Each in turn, in this order, until all are complete; nodes answer at once.
    private async Task LiveAsync(int atOnce, params string[] names)
    {
        for (var round = 0; names.Any(name => Of(name).Status?.Phase != DiagnosisPhase.Complete); round++)
        {
            round.ShouldBeLessThan(100);
            foreach (var name in names)
            {
                await TurnAsync(name);
                foreach (var probe in _story.Cluster.All<NodeProbe>().Where(probe => probe.Status is null))
                    _story.Cluster.Put(CrdTypes.NodeProbe, probe with { Status = TestData.Answer(probe.Spec!.Run, TestData.Facts(probe.Spec.NodeName)) });
                names.Count(other => Of(other).Status?.Phase == DiagnosisPhase.Running).ShouldBeLessThanOrEqualTo(atOnce);
            }

            _story.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
