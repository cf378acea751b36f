// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Crds;
using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Cluster.Tests.Operator;

/// <summary>One run from the question to the answer.</summary>
public sealed class MeshTests : OperatorTest
{
    [Theory]
    [InlineData("flannel-v4-allowedips-missing-src")]
    [InlineData("flannel-v6-endpoint-wrong-port")]
    [InlineData("flannel-v4-healthy")]
    public async Task Run_RecordedMesh_CompleteWithItsRootCauses_AndThePodsGo(string recording)
    {
        var mesh = RecordedMesh.Load(recording, NodeNames);
        var diagnosis = await AskAsync(NewName("mesh"));
        var probes = Play(diagnosis, question => mesh.Of(question.NodeName));

        var status = await UntilCompleteAsync(diagnosis);
        Causes(status).ShouldBe(mesh.Causes);
        status.Nodes!.Reported.ShouldBe(Cluster.Nodes.Count);
        status.Nodes.NotReported.ShouldBeNull();
        Condition(status, "Complete").Reason.ShouldBe("AllNodesReported");
        probes.Asked.Select(question => question.Node).ShouldBe(NodeNames, ignoreOrder: true);
        probes.Asked.Select(question => question.Run).Distinct().ShouldBe([status.Run!]);
        await UntilNoPodsAsync(diagnosis);
        // The answers stay as evidence.
        Value(await Client.ListAsync(CrdTypes.NodeProbe, Of(diagnosis, null), Stop)).Items.Count.ShouldBe(Cluster.Nodes.Count);
    }

    [Fact]
    public async Task Run_TellsItsBeginningAndItsEndByEvents()
    {
        var mesh = RecordedMesh.Load("flannel-v4-key-drift", NodeNames);
        var diagnosis = await AskAsync(NewName("events"));
        Play(diagnosis, question => mesh.Of(question.NodeName));
        await UntilCompleteAsync(diagnosis);
        await Client.UntilAllAsync(
            BuiltInTypes.Event, new() { Namespace = "default" }, events => events.Count(e => e.Regarding?.Uid == diagnosis.Metadata.Uid) >= 2, Stop);
    }

    [Fact]
    public async Task TwoDiagnosesAtOnce_EachGetsItsOwnAnswers()
    {
        var broken = RecordedMesh.Load("flannel-v4-iface-down", NodeNames);
        var healthy = RecordedMesh.Load("flannel-v4-healthy", NodeNames);
        var first = await AskAsync(NewName("both"));
        var second = await AskAsync(NewName("both"));
        await UntilAskedAsync(first);
        await UntilAskedAsync(second);
        Play(first, question => broken.Of(question.NodeName));
        Play(second, question => healthy.Of(question.NodeName));
        Causes(await UntilCompleteAsync(first)).ShouldBe(broken.Causes);
        Causes(await UntilCompleteAsync(second)).ShouldBe(healthy.Causes);
    }
}
