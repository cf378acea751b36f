// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Cluster.Tests.Operator;

/// <summary>An operator that dies, with a class of its own.</summary>
public sealed class CrashTests : OperatorTest
{
    private string Class => $"{Cluster.Run.Class}-crash";

    [Fact]
    public async Task Killed_DuringARun_ItsSuccessorEndsTheSameRun()
    {
        var mesh = RecordedMesh.Load("flannel-v4-allowedips-missing-src", NodeNames);
        TunnelDiagnosis diagnosis;
        string run;
        PlayedProbes probes;
        await using (var first = await OperatorProcess.Start(Cluster, Class).ReadyAsync(Stop))
        {
            diagnosis = await AskAsync(NewName("killed"), @class: Class);
            run = await UntilAskedAsync(diagnosis);
            await first.KillAsync();
        }

        // The answers come while no operator is there to see them.
        probes = Play(diagnosis, question => mesh.Of(question.NodeName));
        await Client.UntilAllAsync(CrdTypes.NodeProbe, Of(diagnosis, null), items => items.All(probe => probe.Status is not null), Stop);
        Value(await Client.GetAsync(CrdTypes.TunnelDiagnosis, null, diagnosis.Metadata.Name!, Stop)).Status!.Phase.ShouldBe(DiagnosisPhase.Running);

        await using var second = await OperatorProcess.Start(Cluster, Class).ReadyAsync(Stop);
        var status = await UntilCompleteAsync(diagnosis);
        status.Run.ShouldBe(run);
        Causes(status).ShouldBe(mesh.Causes);
        probes.Asked.Select(question => question.Run).Distinct().ShouldBe([run]);
        await UntilNoPodsAsync(diagnosis);
        (await second.StopAsync()).ShouldBe(0);
    }
}
