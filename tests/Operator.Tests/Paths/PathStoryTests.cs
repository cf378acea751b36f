// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Reporting;
using KubeWgDiag.Operator.Tests.Reconciling;

namespace KubeWgDiag.Operator.Tests.Paths;

/// <summary>From spec.paths to the NodeProbes, and from the engine to status.paths.</summary>
public sealed class PathStoryTests
{
    private static readonly PathSpec ToPod = new()
    {
        Name = "web-to-db",
        From = new() { Node = "a" },
        To = new() { Pod = new() { Namespace = "shop", Name = "db" } },
        Protocol = PathProtocol.ICMP,
    };

    [Fact]
    public async Task Run_WithPaths_AsksTheNodesConcernedAndReportsWhatTheEngineSays()
    {
        DiagnosisInput? judged = null;
        using var story = NewStory();
        story.Engine = input =>
        {
            judged = input;
            return TestData.Report() with { Paths = [Result(PathDirection.Request, PathVerdict.Fails), Result(PathDirection.Reply, PathVerdict.Works)] };
        };

        await story.SettleAsync();
        var asked = story.Cluster.All<NodeProbe>().ToDictionary(probe => probe.Spec!.NodeName, probe => probe.Spec!.Paths);
        asked["a"].ShouldNotBeNull().ShouldHaveSingleItem().To.ShouldBe("10.0.2.5");
        asked["b"].ShouldNotBeNull();
        asked["c"].ShouldBeNull();
        foreach (var node in new[] { "a", "b", "c" }) story.Report(node);
        await story.SettleAsync();

        judged!.Paths.ShouldNotBeNull().ShouldHaveSingleItem().ToNode.ShouldBe("b");
        var path = story.Status.Paths.ShouldNotBeNull().ShouldHaveSingleItem();
        (path.Name, path.Request.Verdict, path.Reply.Verdict).ShouldBe(("web-to-db", PathVerdictStatus.Fails, PathVerdictStatus.Works));
        (path.Request.FailingStep, path.Request.Code).ShouldBe(("Decryption", "WG-ALLOWEDIPS-MISSING-SRC"));
        path.Request.Steps.ShouldNotBeNull().ShouldHaveSingleItem().Outcome.ShouldBe("Fails");
    }

    [Fact]
    public async Task Settled_WithPaths_WritesNothingMore()
    {
        using var story = NewStory();
        await story.SettleAsync();
        var writes = story.Cluster.Writes.Count;

        await story.ReconcileAsync();

        story.Cluster.Writes.Count.ShouldBe(writes);
    }

    [Fact]
    public async Task Path_ThatCannotBeResolved_StandsInTheStatusWithItsReason()
    {
        using var story = NewStory();
        story.Cluster.Remove(BuiltInTypes.Pod, "db");

        await story.SettleAsync();
        foreach (var node in new[] { "a", "b", "c" }) story.Report(node);
        await story.SettleAsync();

        var path = story.Status.Paths.ShouldNotBeNull().ShouldHaveSingleItem();
        path.Request.Verdict.ShouldBe(PathVerdictStatus.CouldNotCheck);
        path.Request.Reason.ShouldBe("there is no pod shop/db");
    }

    [Fact]
    public void Status_FromHostileWords_IsPlainAndBounded()
    {
        var hostile = Result(PathDirection.Request, PathVerdict.Fails) with
        {
            Path = "x\u001b[31m",
            Reason = new string('r', 5000),
            Steps = [.. Enumerable.Range(0, 100).Select(_ => new PathStep(PathPlace.SourceNode, "a\n", PathStepOutcome.Passes, "\u202e" + new string('w', 5000)))],
        };

        var status = PathMapper.Map([.. Enumerable.Repeat(hostile, 200)]).ShouldNotBeNull();

        status.Count.ShouldBe(32);
        status[0].Name.ShouldNotContain('\u001b');
        status[0].Request.Reason.Length.ShouldBeLessThanOrEqualTo(512);
        status[0].Request.Steps!.Count.ShouldBe(16);
        status[0].Request.Steps![0].What.Length.ShouldBeLessThanOrEqualTo(512);
        status[0].Request.Steps![0].What.ShouldNotContain('\u202e');
    }

    private static Story NewStory()
    {
        var story = new Story(new() { Paths = [ToPod] });
        foreach (var (name, address) in new[] { ("a", "192.0.2.1"), ("b", "192.0.2.2"), ("c", "192.0.2.3") })
        {
            var node = TestData.Node(name);
            story.Cluster.AddNode(node with { Status = node.Status! with { Addresses = [new() { Type = "InternalIP", Address = address }] } });
        }

        story.Cluster.Put(BuiltInTypes.Pod, new Pod
        {
            Metadata = new() { Name = "db", Namespace = "shop" },
            Spec = new() { NodeName = "b" },
            Status = new() { Phase = "Running", PodIp = "10.0.2.5" },
        });
        return story;
    }

    private static PathResult Result(PathDirection direction, PathVerdict verdict) => new()
    {
        Path = "web-to-db",
        Direction = direction,
        FromNode = "a",
        ToNode = "b",
        Verdict = verdict,
        Reason = "because",
        Steps = verdict == PathVerdict.Fails ? [new PathStep(PathPlace.Decryption, "b", PathStepOutcome.Fails, "no peer has it")] : [],
        Code = verdict == PathVerdict.Fails ? "WG-ALLOWEDIPS-MISSING-SRC" : null,
        RootCause = verdict == PathVerdict.Fails ? "WG-ALLOWEDIPS-MISSING-SRC" : null,
    };
}
