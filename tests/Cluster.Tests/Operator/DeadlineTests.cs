// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;

namespace KubeWgDiag.Cluster.Tests.Operator;

/// <summary>Runs that end because their time is over; ten seconds is the shortest deadline.</summary>
public sealed class DeadlineTests : OperatorTest
{
    [Fact]
    public async Task Deadline_OneNodeIsSilent_CompleteWithTheOthersAndSaysWho()
    {
        var mesh = RecordedMesh.Load("flannel-v4-healthy", NodeNames);
        var silent = NodeNames[^1];
        var diagnosis = await AskAsync(NewName("deadline"), new() { DeadlineSeconds = 10 });
        Play(diagnosis, question => question.NodeName == silent ? null : mesh.Of(question.NodeName));

        var status = await UntilCompleteAsync(diagnosis);
        Condition(status, "Complete").Reason.ShouldBe("DeadlineExceeded");
        status.Nodes!.Reported.ShouldBe(NodeNames.Count - 1);
        status.Nodes.NotReported.ShouldHaveSingleItem().Node.ShouldBe(silent);
        (status.CompletionTime!.Value - status.StartTime!.Value).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(10));
        await UntilNoPodsAsync(diagnosis);
    }
}
