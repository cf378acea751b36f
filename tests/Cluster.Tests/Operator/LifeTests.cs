// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Cluster.Tests.Operator;

/// <summary>What can happen to a diagnosis while it lives.</summary>
public sealed class LifeTests : OperatorTest
{
    [Fact]
    public async Task SpecChange_DuringARun_TheRunStartsAnewAndOldAnswersDoNotCount()
    {
        var old = RecordedMesh.Load("flannel-v4-iface-down", NodeNames);
        var now = RecordedMesh.Load("flannel-v4-healthy", NodeNames);
        var name = NewName("changed");
        var first = await AskAsync(name);
        var firstRun = await UntilAskedAsync(first);
        // All but one answer the first question, so that it stays open.
        Play(first, question => question.Run != firstRun ? now.Of(question.NodeName) : question.NodeName == NodeNames[0] ? null : old.Of(question.NodeName));

        var second = await AskAsync(name, new() { ObservationSeconds = 3 });
        second.Metadata.Generation.ShouldBe(2);
        var status = await UntilCompleteAsync(second);
        status.Run.ShouldNotBe(firstRun);
        Causes(status).ShouldBe(now.Causes);
    }

    [Fact]
    public async Task Deletion_DuringARun_LeavesNothing()
    {
        var diagnosis = await AskAsync(NewName("deleted"));
        await UntilAskedAsync(diagnosis);
        await Client.UntilAllAsync(BuiltInTypes.DaemonSet, Of(diagnosis, Namespace), sets => sets.Count == 1, Stop);
        (await Client.DeleteAsync(CrdTypes.TunnelDiagnosis, null, diagnosis.Metadata.Name!, diagnosis.Metadata.Uid, Stop)).IsSuccess.ShouldBeTrue();

        await Client.UntilGoneAsync(CrdTypes.TunnelDiagnosis, null, diagnosis.Metadata.Name!, Stop);
        await Client.UntilAllAsync(CrdTypes.NodeProbe, Of(diagnosis, null), probes => probes.Count == 0, Stop);
        await UntilNoPodsAsync(diagnosis);
    }

    [Fact]
    public async Task Suspend_NothingRunsUntilItIsLifted()
    {
        var mesh = RecordedMesh.Load("flannel-v4-healthy", NodeNames);
        var name = NewName("suspended");
        var diagnosis = await AskAsync(name, new() { Suspend = true });
        var probes = Play(diagnosis, question => mesh.Of(question.NodeName));
        await UntilAsync(diagnosis, status => status.Phase == DiagnosisPhase.Suspended);
        Value(await Client.ListAsync(BuiltInTypes.DaemonSet, Of(diagnosis, Namespace), Stop)).Items.ShouldBeEmpty();
        probes.Asked.ShouldBeEmpty();

        await UntilCompleteAsync(await AskAsync(name, new() { Suspend = false }));
        probes.Asked.Count.ShouldBe(NodeNames.Count);
    }

    [Fact]
    public async Task TimeToLive_IsOver_TheDiagnosisGoesWithEverything()
    {
        var mesh = RecordedMesh.Load("flannel-v4-healthy", NodeNames);
        var diagnosis = await AskAsync(NewName("ttl"), new() { TtlSecondsAfterFinished = 1 });
        Play(diagnosis, question => mesh.Of(question.NodeName));
        await Client.UntilGoneAsync(CrdTypes.TunnelDiagnosis, null, diagnosis.Metadata.Name!, Stop);
        await Client.UntilAllAsync(CrdTypes.NodeProbe, Of(diagnosis, null), probes => probes.Count == 0, Stop);
        await UntilNoPodsAsync(diagnosis);
    }

    [Fact]
    public async Task OtherClass_IsLeftAlone()
    {
        var mesh = RecordedMesh.Load("flannel-v4-healthy", NodeNames);
        var others = await AskAsync(NewName("others"), new() { Suspend = true }, $"{Cluster.Run.Class}-nobody");
        var ours = await AskAsync(NewName("ours"));
        Play(ours, question => mesh.Of(question.NodeName));
        await UntilCompleteAsync(ours);
        Value(await Client.GetAsync(CrdTypes.TunnelDiagnosis, null, others.Metadata.Name!, Stop)).Status.ShouldBeNull();
    }
}
