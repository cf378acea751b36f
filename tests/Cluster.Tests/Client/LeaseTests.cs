// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Client;

/// <summary>Leases, as leader election writes them.</summary>
public sealed class LeaseTests : ClusterTest
{
    [Fact]
    public async Task TwoWriters_OneVersion_OneWins()
    {
        var now = TimeProvider.System.GetUtcNow();
        var spec = new LeaseSpec { HolderIdentity = "a", LeaseDurationSeconds = 1, AcquireTime = now, RenewTime = now, LeaseTransitions = 0 };
        var wanted = new Lease { Metadata = new ObjectMeta { Name = NewName("lease"), Namespace = Namespace, Labels = Cluster.Run.Labels }, Spec = spec };
        var lease = Value(await Client.CreateAsync(BuiltInTypes.Lease, wanted, Stop));
        var answers = await Task.WhenAll(
            Client.ReplaceAsync(BuiltInTypes.Lease, lease with { Spec = spec with { HolderIdentity = "b" } }, Stop),
            Client.ReplaceAsync(BuiltInTypes.Lease, lease with { Spec = spec with { HolderIdentity = "c" } }, Stop));
        answers.Count(answer => answer.IsSuccess).ShouldBe(1);
        answers.Single(answer => !answer.IsSuccess).Error!.Kind.ShouldBe(KubeErrorKind.Conflict);
        Value(await Client.GetAsync(BuiltInTypes.Lease, Namespace, lease.Metadata.Name!, Stop)).Spec!.HolderIdentity
            .ShouldBe(answers.Single(answer => answer.IsSuccess).Value!.Spec!.HolderIdentity);
    }

    [Fact]
    public async Task DurationOfZero_Invalid()
    {
        var lease = new Lease
        {
            Metadata = new ObjectMeta { Name = NewName("zero"), Namespace = Namespace, Labels = Cluster.Run.Labels },
            Spec = new LeaseSpec { HolderIdentity = "a", LeaseDurationSeconds = 0 },
        };
        (await Client.CreateAsync(BuiltInTypes.Lease, lease, Stop)).Error!.Kind.ShouldBe(KubeErrorKind.Invalid);
    }
}
