// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;

namespace KubeWgDiag.Cluster.Tests.Operator;

/// <summary>Repeated runs; half a minute is the shortest interval.</summary>
public sealed class IntervalTests : OperatorTest
{
    [Fact]
    public async Task Interval_RunsAgain_AndTheHistoryKeepsTheFirst()
    {
        var broken = RecordedMesh.Load("flannel-v4-iface-down", NodeNames);
        var healthy = RecordedMesh.Load("flannel-v4-healthy", NodeNames);
        string? firstRun = null;
        var diagnosis = await AskAsync(NewName("interval"), new() { Interval = "30s" });
        var probes = Play(diagnosis, question => (question.Run == (firstRun ??= question.Run) ? broken : healthy).Of(question.NodeName));

        var first = await UntilAsync(diagnosis, status => status.CompletionTime is not null);
        Causes(first).ShouldBe(broken.Causes);
        first.NextRunTime!.Value.ShouldBeGreaterThan(first.StartTime!.Value);

        var second = await UntilAsync(diagnosis, status => status.Run != first.Run && status.CompletionTime is not null);
        Causes(second).ShouldBe(healthy.Causes);
        second.StartTime!.Value.ShouldBeGreaterThanOrEqualTo(first.NextRunTime.Value.AddSeconds(-1));
        var earlier = second.History.ShouldHaveSingleItem();
        (earlier.Run, earlier.StartTime, earlier.RootCause).ShouldBe((first.Run, first.StartTime.Value, first.RootCauses?[0].Code));
        probes.Asked.GroupBy(question => question.Run).ShouldAllBe(run => run.Count() == NodeNames.Count);
    }
}
