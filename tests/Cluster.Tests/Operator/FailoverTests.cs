// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Cluster.Tests.Operator;

/// <summary>Two replicas of the operator, of which one works.</summary>
public sealed class FailoverTests : OperatorTest
{
    private string Class => $"{Cluster.Run.Class}-pair";

    [Fact]
    public async Task LeaderKilled_DuringARun_TheOtherEndsTheSameRun_AndReleasesTheLease()
    {
        var mesh = RecordedMesh.Load("flannel-v4-peer-missing", NodeNames);
        await using var one = Start("one");
        await using var two = Start("two");
        var diagnosis = await AskAsync(NewName("failover"), @class: Class);
        var run = await UntilAskedAsync(diagnosis);

        var held = await HolderAsync(holder => holder.Length > 0);
        var (leader, other) = held.StartsWith("one", StringComparison.Ordinal) ? (one, two) : (two, one);
        await leader.KillAsync();
        var probes = Play(diagnosis, question => mesh.Of(question.NodeName));
        var status = await UntilCompleteAsync(diagnosis);

        status.Run.ShouldBe(run);
        Causes(status).ShouldBe(mesh.Causes);
        probes.Asked.Select(question => question.Run).Distinct().ShouldBe([run]);
        (await HolderAsync(holder => holder != held)).ShouldNotBe(held);
        (await other.StopAsync()).ShouldBe(0, other.Log);
        await HolderAsync(holder => holder.Length == 0);
    }

    private OperatorProcess Start(string identity) => OperatorProcess.Start(Cluster, Class, "--leader-elect", "--lease-seconds", "6", "--identity", identity);

    /// <summary>Waits for a holder of the pair's lease; the name of the lease is the operator's business, its holder is ours.</summary>
    private async Task<string> HolderAsync(Func<string, bool> isRight)
    {
        var leases = await Client.UntilAllAsync(BuiltInTypes.Lease, new() { Namespace = Namespace }, all => OfPair(all) is { } lease && isRight(lease.Spec?.HolderIdentity ?? ""), Stop);
        return OfPair(leases)!.Spec?.HolderIdentity ?? "";
    }

    private static Lease? OfPair(IReadOnlyList<Lease> leases) =>
        leases.FirstOrDefault(lease => lease.Metadata.Name!.StartsWith("kubewgdiag-operator.", StringComparison.Ordinal));
}
