// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Operator.Reporting;

namespace KubeWgDiag.Operator.Tests.Reconciling;

/// <summary>What a run costs the API server grows with the nodes and no faster: counted in calls, because times lie on a busy machine.</summary>
public sealed class CallsPerNodeTests
{
    [Theory]
    [InlineData(50)]
    [InlineData(200)]
    public async Task Run_OfManyNodes_WritesEachNodeOnceAndAFewTimesForAll(int nodes)
    {
        var names = Enumerable.Range(1, nodes).Select(node => $"node-{node}").ToArray();
        using var story = new Story(new TunnelDiagnosisSpec(), names);
        await story.SettleAsync();
        foreach (var batch in names.Chunk(nodes / 5))
        {
            foreach (var name in batch)
                story.Report(name);
            await story.SettleAsync();
        }

        story.Condition(ConditionTypes.Complete).Reason.ShouldBe(Reasons.AllNodesReported);
        story.Cluster.Writes.Count(write => write.StartsWith("apply nodeprobes", StringComparison.Ordinal)).ShouldBe(nodes);
        // Start, a status for each batch, the DaemonSet there and away, events: the same for any number of nodes.
        (story.Cluster.Calls - nodes).ShouldBeLessThan(30);
    }

    [Fact]
    public async Task Run_AskedInSteps_AsksNobodyTwice()
    {
        var names = Enumerable.Range(1, 120).Select(node => $"node-{node}").ToArray();
        using var story = new Story(new TunnelDiagnosisSpec(), Story.AtOnce with { AsksPerSecond = 50 }, names);
        await story.SettleAsync();
        story.Cluster.Writes.Where(write => write.StartsWith("apply nodeprobes", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Count().ShouldBe(120);
        story.Cluster.Writes.Count(write => write.StartsWith("apply nodeprobes", StringComparison.Ordinal)).ShouldBe(120);
    }
}
