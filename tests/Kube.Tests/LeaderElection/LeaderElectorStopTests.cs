// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.LeaderElection;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.LeaderElection;

public sealed class LeaderElectorStopTests : TwoCandidates
{
    [Fact]
    public async Task Stop_Leading_ReleasesTheLease()
    {
        _a.Run();
        await _a.Elector.Elected;

        _a.Stop();
        await _a.Running;

        _leases.Stored!.Spec!.HolderIdentity.ShouldBe("");
        _leases.Stored.Spec.LeaseDurationSeconds.ShouldBe(1);
        (_a.Started, _a.Stopped, _a.Elector.IsLeader).ShouldBe((1, 1, false));
        _b.Run();
        await _b.Elector.Elected;
    }

    [Fact]
    public async Task Stop_ConflictOnRelease_ReadsAndReleasesAllTheSame()
    {
        _a.Run();
        await _a.Elector.Elected;
        _a.Client.Conflicts = 2;

        _a.Stop();
        await _time.AdvanceUntilAsync(() => _a.Running.IsCompleted, Step);

        _leases.Holder.ShouldBe("");
    }

    [Fact]
    public async Task Stop_AnotherOneHoldsIt_LeavesItAlone()
    {
        _a.Run();
        await _a.Elector.Elected;
        _leases.Put(new LeaseSpec { HolderIdentity = "thief", LeaseDurationSeconds = 15 });

        _a.Stop();
        await _a.Running;

        _leases.Holder.ShouldBe("thief");
    }

    [Fact]
    public async Task Stop_ServerAway_GivesUpWithinTheRenewDeadline()
    {
        _a.Run();
        await _a.Elector.Elected;
        _a.Client.Hangs = true;
        DateTimeOffset start = _time.GetUtcNow();

        _a.Stop();
        await _time.AdvanceUntilAsync(() => _a.Running.IsCompleted, Step);

        await _a.Running;
        (_time.GetUtcNow() - start).ShouldBeLessThan(TimeSpan.FromSeconds(13));
    }

    [Fact]
    public async Task Stop_NeverLed_IsToldAllTheSameAndTheLeaseIsLeftAlone()
    {
        _leases.Put(new LeaseSpec { HolderIdentity = "other", LeaseDurationSeconds = 15 });
        _a.Run();
        await FakeTime.UntilAsync(() => _leases.Log.Count > 0);

        _a.Stop();
        await _a.Running;

        (_a.Started, _a.Stopped).ShouldBe((0, 1));
        _leases.Holder.ShouldBe("other");
    }
}
