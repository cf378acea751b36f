// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Configuration;

namespace KubeWgDiag.Operator.Tests.Reconciling;

/// <summary>Somebody deletes or changes what belongs to a run, or the diagnosis itself.</summary>
public sealed class RepairStoryTests
{
    [Fact]
    public async Task DaemonSetEdited_IsMadeRightAgain_SixTimesAMinuteAtMost()
    {
        using var story = new Story(new() { DeadlineSeconds = 600 }, "a", "b");
        await story.SettleAsync();
        story.Report("a");
        await story.SettleAsync();
        var before = Applies(story);

        // Somebody's other program insists, every second.
        for (var second = 0; second < 60; second++)
        {
            Edit(story);
            story.Time.Advance(TimeSpan.FromSeconds(1));
            await story.ReconcileAsync();
        }

        (Applies(story) - before).ShouldBeInRange(5, 6);
        story.Time.Advance(TimeSpan.FromSeconds(10));
        await story.ReconcileAsync();
        story.Cluster.All<DaemonSet>().Single().Spec!.Template.Spec.Containers![0].Image.ShouldBe("probe:1");
    }

    [Fact]
    public async Task DaemonSetEdited_WhileNoOperatorRan_IsMadeRightAtOnce()
    {
        using var story = new Story(new(), "a");
        await story.SettleAsync();
        Edit(story);

        story.RestartOperator();
        await story.SettleAsync();

        story.Cluster.All<DaemonSet>().Single().Spec!.Template.Spec.Containers![0].Image.ShouldBe("probe:1");
    }

    [Fact]
    public async Task DaemonSetDeleted_IsMadeAnew()
    {
        using var story = new Story(new() { DeadlineSeconds = 600 }, "a");
        await story.SettleAsync();
        story.Cluster.Remove(BuiltInTypes.DaemonSet, story.Cluster.All<DaemonSet>().Single().Metadata.Name!);

        var wait = await story.SettleAsync();
        wait.RequeueAfter.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(10));
        story.Time.Advance(wait.RequeueAfter.Value);
        await story.SettleAsync();

        story.Cluster.All<DaemonSet>().Count.ShouldBe(1);
    }

    [Fact]
    public async Task NodeProbeDeletedOrChanged_IsAskedAgain()
    {
        using var story = new Story(new() { DeadlineSeconds = 600, ObservationSeconds = 5 }, "a", "b", "c");
        await story.SettleAsync();
        var probes = story.Cluster.All<NodeProbe>().OrderBy(probe => probe.Spec!.NodeName, StringComparer.Ordinal).ToList();
        story.Cluster.Remove(CrdTypes.NodeProbe, probes[0].Metadata.Name!);
        story.Cluster.Put(CrdTypes.NodeProbe, probes[1] with { Spec = probes[1].Spec! with { ObservationSeconds = 120 } });
        story.Cluster.Put(CrdTypes.NodeProbe, probes[2] with { Metadata = probes[2].Metadata with { OwnerReferences = null } });

        story.Time.Advance(TimeSpan.FromSeconds(11));
        await story.SettleAsync();

        var mended = story.Cluster.All<NodeProbe>();
        mended.Count.ShouldBe(3);
        mended.ShouldAllBe(probe => probe.Spec!.ObservationSeconds == 5 && probe.Metadata.OwnerReferences != null);
    }

    [Fact]
    public async Task NodeProbeNotInTheCacheYet_IsNotWrittenTwice()
    {
        using var story = new Story(new(), "a", "b");
        await story.ReconcileAsync();
        var cache = new CachedView(story.Cluster);
        var slow = story.NewOperator(cache);

        for (var i = 0; i < 5; i++)
        {
            story.Time.Advance(TimeSpan.FromSeconds(1));
            await slow.ReconcileAsync(cache.Diagnoses().Single(), CancellationToken.None);
        }

        story.Cluster.Writes.Count(write => write.StartsWith("apply nodeprobes", StringComparison.Ordinal)).ShouldBe(2);
        story.Cluster.Writes.Count(write => write.StartsWith("apply daemonsets", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task ManyNodes_AreAskedAtAPace()
    {
        using var story = new Story(new() { DeadlineSeconds = 600 }, Story.AtOnce with { AsksPerSecond = 10 }, [.. Enumerable.Range(0, 35).Select(i => $"n{i:00}")]);
        await story.ReconcileAsync();

        await story.ReconcileAsync();
        story.Cluster.All<NodeProbe>().Count.ShouldBe(10);
        var result = await story.ReconcileAsync();
        story.Cluster.All<NodeProbe>().Count.ShouldBe(10);
        result.RequeueAfter.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(1));
        await story.SettleAsync();

        story.Cluster.All<NodeProbe>().Count.ShouldBe(35);
        (story.Time.GetUtcNow() - TestData.Noon).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2.5));
    }

    [Fact]
    public async Task DeletedAndMadeAnewUnderTheSameName_BeginsAfresh_AndNothingOfTheOldOneCounts()
    {
        using var story = new Story(new(), "a", "b");
        await story.SettleAsync();
        story.Report("a");
        await story.SettleAsync();
        var old = story.Diagnosis;

        story.Cluster.Remove(CrdTypes.TunnelDiagnosis, "mesh");
        story.Cluster.Add("mesh", "uid-of-the-second", new());
        // The operator still sees the old one: nothing of it may reach the new one.
        story.Report("b");
        story.Time.Advance(TimeSpan.FromSeconds(2));
        await story.ReconcileAsync(old);
        story.Diagnosis.Status.ShouldBeNull();
        await story.SettleAsync();

        story.Status.Nodes!.Progress.ShouldBe("0/2");
        story.Status.Run.ShouldNotBe(old.Status!.Run);
        story.Cluster.CollectGarbage();
        story.Cluster.All<NodeProbe>().Count.ShouldBe(2);
        story.Cluster.All<NodeProbe>().ShouldAllBe(probe => probe.Spec!.Run == story.Status.Run && probe.Status == null);
        story.Cluster.All<DaemonSet>().Count.ShouldBe(1);
    }

    [Fact]
    public async Task DeletedBetweenAnyTwoCalls_NothingIsLeft()
    {
        for (var gone = 1; gone <= 9; gone++)
        {
            using var story = new Story(new(), "a", "b");
            var number = gone;
            story.Cluster.FaultOf = (call, _) =>
            {
                if (call == number)
                    story.Cluster.Remove(CrdTypes.TunnelDiagnosis, "mesh");
                return Fault.None;
            };
            for (var round = 0; round < 12 && story.Cluster.All<TunnelDiagnosis>().Count > 0; round++)
            {
                await story.ReconcileAsync();
                if (story.Cluster.All<NodeProbe>().FirstOrDefault(probe => probe.Status is null) is { } silent)
                    story.Report(silent.Spec!.NodeName);
                story.Time.Advance(TimeSpan.FromSeconds(1));
            }

            // The whole life has more calls than this.
            story.Cluster.All<TunnelDiagnosis>().ShouldBeEmpty();
            story.Cluster.CollectGarbage();
            story.Cluster.Snapshot().ShouldAllBe(item => item is Node || item is Event);
        }
    }

    [Fact]
    public async Task ClockOff_IsReported_AndTheFactsCount()
    {
        using var story = new Story(new(), "ahead", "behind", "right");
        await story.SettleAsync();
        SaysAt(story, "ahead", TimeSpan.FromMinutes(5));
        SaysAt(story, "behind", TimeSpan.FromMinutes(-10));
        SaysAt(story, "right", TimeSpan.FromSeconds(2));

        await story.SettleAsync();

        story.Status.Nodes!.Progress.ShouldBe("3/3");
        var clocks = story.Status.Nodes.ClockOff.ShouldNotBeNull();
        clocks.Select(clock => clock.Node).ShouldBe(["ahead", "behind"]);
        clocks[0].OffsetSeconds.ShouldBeInRange(290, 300);
        clocks[1].OffsetSeconds.ShouldBeInRange(-600, -590);
        story.Status.Summary.ShouldNotBeNull().ShouldContain("The clock is off on ahead (at least");
    }

    private static void SaysAt(Story story, string node, TimeSpan offset)
    {
        var at = story.Time.GetUtcNow() + offset;
        story.Cluster.ProbeSays(node, probe => TestData.Answer(probe.Spec!.Run, TestData.Facts(node)) with { StartTime = at, CompletionTime = at });
    }

    private static int Applies(Story story) => story.Cluster.Writes.Count(write => write.StartsWith("apply daemonsets", StringComparison.Ordinal));

    private static void Edit(Story story)
    {
        var daemonSet = story.Cluster.All<DaemonSet>().Single();
        var pod = daemonSet.Spec!.Template.Spec;
        story.Cluster.Put(BuiltInTypes.DaemonSet, daemonSet with
        {
            Metadata = daemonSet.Metadata with { Generation = daemonSet.Metadata.Generation + 1 },
            Spec = daemonSet.Spec with { Template = daemonSet.Spec.Template with { Spec = pod with { Containers = [pod.Containers![0] with { Image = "evil:1" }] } } },
        });
    }
}
