// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.LeaderElection;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.LeaderElection;

public sealed class LeaderElectorTests : TwoCandidates
{
    [Fact]
    public async Task Run_NoLease_CreatesItAndLeads()
    {
        _a.Run();
        await _a.Elector.Elected;

        LeaseSpec spec = _leases.Stored.ShouldNotBeNull().Spec.ShouldNotBeNull();
        spec.HolderIdentity.ShouldBe("a");
        spec.LeaseDurationSeconds.ShouldBe(15);
        spec.LeaseTransitions.ShouldBe(0);
        spec.AcquireTime.ShouldBe(_time.GetUtcNow());
        spec.RenewTime.ShouldBe(_time.GetUtcNow());
        _a.Started.ShouldBe(1);
        _a.Leaders.ShouldBe(["a"]);
        _a.Elector.IsLeader.ShouldBeTrue();
    }

    [Fact]
    public async Task Run_Leading_RenewsFromItsOwnRecordWithoutReading()
    {
        _a.Run();
        await _a.Elector.Elected;
        LeaseSpec first = _leases.Stored!.Spec!;

        await AdvanceAsync(TimeSpan.FromSeconds(9));

        _leases.Log.ShouldBe(["a get NotFound", "a create ok", "a replace ok", "a replace ok", "a replace ok", "a replace ok"]);
        LeaseSpec renewed = _leases.Stored!.Spec!;
        renewed.LeaseTransitions.ShouldBe(first.LeaseTransitions);
        renewed.AcquireTime.ShouldBe(first.AcquireTime);
        renewed.RenewTime.ShouldBe(first.RenewTime!.Value.AddSeconds(8));
    }

    [Fact]
    public async Task Run_TwoCandidatesOneWithAClockFarOff_OnlyOneLeads()
    {
        _a.Run();
        await _a.Elector.Elected;
        _b.Run();

        await AdvanceAsync(TimeSpan.FromSeconds(50));

        _b.Started.ShouldBe(0);
        _b.Leaders.ShouldBe(["a"]);
        _leases.Stored!.Spec!.LeaseTransitions.ShouldBe(0);
    }

    [Fact]
    public async Task Run_ClockFarOffLeads_TheOtherWaitsAllTheSame()
    {
        _b.Run();
        await _b.Elector.Elected;
        _a.Run();

        await AdvanceAsync(TimeSpan.FromSeconds(50));

        _leases.Stored!.Spec!.RenewTime!.Value.ShouldBeLessThan(_time.GetUtcNow().AddDays(-300));
        _a.Started.ShouldBe(0);
    }

    [Fact]
    public async Task Run_HolderVanishes_TheOtherTakesOverAfterTheLeasesTimeAsItSawIt()
    {
        _leases.Put(new LeaseSpec { HolderIdentity = "gone", LeaseDurationSeconds = 15, AcquireTime = _time.GetUtcNow().AddDays(-1), RenewTime = _time.GetUtcNow().AddDays(-1), LeaseTransitions = 4 });
        _a.Run();
        DateTimeOffset start = _time.GetUtcNow();

        await AdvanceAsync(TimeSpan.FromSeconds(14));
        _a.Started.ShouldBe(0);
        await _time.AdvanceUntilAsync(() => _a.Started == 1, Step);

        (_time.GetUtcNow() - start).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(18));
        _leases.Stored!.Spec!.LeaseTransitions.ShouldBe(5);
        _leases.Stored.Spec.AcquireTime!.Value.ShouldBeGreaterThan(start);
        _a.Leaders.ShouldBe(["gone", "a"]);
    }

    [Fact]
    public async Task Run_OnlyALabelChanges_IsNoSignOfLife()
    {
        _leases.Put(new LeaseSpec { HolderIdentity = "gone", LeaseDurationSeconds = 15 });
        _a.Run();

        for (int i = 0; i < 5; i++)
        {
            _leases.Touch();
            await AdvanceAsync(TimeSpan.FromSeconds(4));
        }

        _a.Started.ShouldBe(1);
    }

    [Fact]
    public async Task Run_ReleasedLease_IsTakenAtOnce()
    {
        _leases.Put(new LeaseSpec { HolderIdentity = "", LeaseDurationSeconds = 1, LeaseTransitions = 2 });

        _a.Run();
        await _a.Elector.Elected;

        _leases.Stored!.Spec!.LeaseTransitions.ShouldBe(3);
    }

    [Fact]
    public async Task Run_ConflictOnRenewal_IsAFailedTryThatTheNextOneMends()
    {
        _a.Run();
        await _a.Elector.Elected;
        _a.Client.Conflicts = 3;

        await AdvanceAsync(TimeSpan.FromSeconds(12));

        _a.Stopped.ShouldBe(0);
        _a.Elector.IsLeader.ShouldBeTrue();
        // Fast way and long way of one try, fast way of the next, and then the long way succeeds.
        _leases.Log.Count(entry => entry == "a replace Conflict").ShouldBe(3);
        _leases.Log.Count(entry => entry == "a get ok").ShouldBe(2);
    }

    [Fact]
    public async Task Run_ConflictOnTakeOver_WaitsAndSeesTheWinner()
    {
        _leases.Put(new LeaseSpec { HolderIdentity = "" });
        _a.Client.Conflicts = 1;
        _a.Run();
        await FakeTime.UntilAsync(() => _leases.Log.Contains("a replace Conflict"));
        _leases.Put(new LeaseSpec { HolderIdentity = "winner", LeaseDurationSeconds = 15 });

        await AdvanceAsync(TimeSpan.FromSeconds(10));

        _a.Started.ShouldBe(0);
        _a.Leaders.ShouldBe(["winner"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_ServerAwayShorterThanTheDeadline_StaysLeader(bool hangs)
    {
        _a.Run();
        await _a.Elector.Elected;
        (_a.Client.IsCutOff, _a.Client.Hangs) = (!hangs, hangs);

        await AdvanceAsync(TimeSpan.FromSeconds(6));
        (_a.Client.IsCutOff, _a.Client.Hangs) = (false, false);
        await AdvanceAsync(TimeSpan.FromSeconds(20));

        _a.Running.IsCompleted.ShouldBeFalse();
        _a.Elector.IsLeader.ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_ServerAwayLongerThanTheDeadline_IsLostBeforeAnotherMayBegin(bool hangs)
    {
        _a.Run();
        await _a.Elector.Elected;
        _b.Run();
        (_a.Client.IsCutOff, _a.Client.Hangs) = (!hangs, hangs);
        DateTimeOffset start = _time.GetUtcNow();

        await _time.AdvanceUntilAsync(() => _a.Running.IsCompleted, Step);

        await Should.ThrowAsync<LeadershipLostException>(() => _a.Running);
        (_time.GetUtcNow() - start).ShouldBeInRange(TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(11.5));
        _b.Started.ShouldBe(0);
        (_a.Stopped, _a.Elector.IsLeader).ShouldBe((1, false));
        // A leader that lost does not write: the lease ends by its time.
        _leases.Holder.ShouldBe("a");
        await _time.AdvanceUntilAsync(() => _b.Started == 1, Step);
    }

    [Fact]
    public async Task Run_AnotherOneTookIt_IsLostAtOnce()
    {
        _a.Run();
        await _a.Elector.Elected;
        _leases.Put(new LeaseSpec { HolderIdentity = "thief", LeaseDurationSeconds = 15 });

        await _time.AdvanceUntilAsync(() => _a.Running.IsCompleted, Step);

        await Should.ThrowAsync<LeadershipLostException>(() => _a.Running);
        _leases.Holder.ShouldBe("thief");
        _a.Stopped.ShouldBe(1);
    }

    [Fact]
    public async Task Run_LeaseDeleted_IsMadeAgainByItsLeader()
    {
        _a.Run();
        await _a.Elector.Elected;
        _leases.Delete();

        await AdvanceAsync(TimeSpan.FromSeconds(5));

        _leases.Holder.ShouldBe("a");
        (_a.Started, _a.Stopped).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Run_NoSpec_IsTakenOver()
    {
        _leases.Put(null);
        _a.Run();
        await _a.Elector.Elected;

        _leases.Stored!.Spec!.LeaseTransitions.ShouldBe(1);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(-5, -7)]
    [InlineData(0, int.MaxValue)]
    [InlineData(int.MinValue, int.MinValue)]
    public async Task Run_HostileNumbers_AreWaitedForAsLongAsForOurOwnAndThenTakenOver(int? seconds, int? transitions)
    {
        _leases.Put(new LeaseSpec { HolderIdentity = "odd", LeaseDurationSeconds = seconds, LeaseTransitions = transitions, RenewTime = DateTimeOffset.MaxValue });
        _a.Run();

        await AdvanceAsync(TimeSpan.FromSeconds(14));
        _a.Started.ShouldBe(0);
        await _time.AdvanceUntilAsync(() => _a.Started == 1, Step);

        _leases.Stored!.Spec!.LeaseTransitions!.Value.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Run_LongestDuration_IsHonouredWithoutOverflow()
    {
        _leases.Put(new LeaseSpec { HolderIdentity = "for ever", LeaseDurationSeconds = int.MaxValue });
        _a.Run();

        await AdvanceAsync(TimeSpan.FromSeconds(60));

        (_a.Started, _a.Running.IsFaulted).ShouldBe((0, false));
    }

    [Fact]
    public async Task NewLeader_HostileName_IsFitForALogLine()
    {
        _leases.Put(new LeaseSpec { HolderIdentity = "x\r\n\u001b[31m" + new string('y', 5000), LeaseDurationSeconds = 15 });
        _a.Run();
        await FakeTime.UntilAsync(() => _a.Leaders.Count == 1);

        _a.Leaders[0].ShouldBe("x???[31m" + new string('y', 120));
    }

    [Fact]
    public async Task IsHealthy_LoopHangs_BecomesFalseAfterDurationAndTolerance()
    {
        using var gate = new ManualResetEventSlim();
        var options = new LeaderElectionOptions { Namespace = "ns", Name = "work", Identity = "c", HealthTolerance = TimeSpan.FromSeconds(20) };
        var elector = new LeaderElector(_leases.ClientOf("c"), options, new() { StartedLeading = gate.Wait }, _time);
        elector.IsHealthy.ShouldBeTrue("a process that does not lead has nothing to renew");
        using var stop = new CancellationTokenSource();
        Task running = Task.Run(() => elector.RunAsync(stop.Token));
        await elector.Elected;

        _time.Advance(TimeSpan.FromSeconds(14));
        (elector.IsLeader, elector.IsHealthy).ShouldBe((true, true));
        _time.Advance(TimeSpan.FromSeconds(21));
        (elector.IsLeader, elector.IsHealthy).ShouldBe((false, true));
        _time.Advance(TimeSpan.FromSeconds(1));
        (elector.IsLeader, elector.IsHealthy).ShouldBe((false, false));

        gate.Set();
        await Should.ThrowAsync<LeadershipLostException>(() => running);
        elector.IsHealthy.ShouldBeTrue();
    }

    [Theory]
    [InlineData(15, 15, 2, 0)]
    [InlineData(15, 10, 0, 0)]
    [InlineData(15, 2.4, 2, 0)]
    [InlineData(1.5, 1.2, 0.1, 0)]
    [InlineData(-15, 10, 2, 0)]
    [InlineData(15, 10, 2, -1)]
    public void Constructor_TimesThatCannotWork_Throws(double duration, double deadline, double retry, double tolerance)
    {
        var options = new LeaderElectionOptions
        {
            Namespace = "ns",
            Name = "work",
            Identity = "a",
            LeaseDuration = TimeSpan.FromSeconds(duration),
            RenewDeadline = TimeSpan.FromSeconds(deadline),
            RetryPeriod = TimeSpan.FromSeconds(retry),
            HealthTolerance = TimeSpan.FromSeconds(tolerance),
        };

        Should.Throw<ArgumentException>(() => new LeaderElector(_a.Client, options, new(), _time));
        Should.Throw<ArgumentException>(() => new LeaderElector(_a.Client, new() { Namespace = "", Name = "x", Identity = "y" }, new(), _time));
    }

    [Fact]
    public void Create_SameName_IsAnotherIdentityEachTime() =>
        Enumerable.Range(0, 100).Select(_ => LeaderIdentity.Create("pod-1")).Distinct().Count().ShouldBe(100);
}
