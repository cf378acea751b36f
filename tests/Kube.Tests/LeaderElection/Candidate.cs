// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.LeaderElection;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.LeaderElection;

/// <summary>One process in an election; its wall clock may be wrong, its monotonic one runs like everybody's.</summary>
internal sealed class Candidate : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public Candidate(FakeLeases leases, FakeTimeProvider time, string identity, TimeSpan clockError = default)
    {
        Client = leases.ClientOf(identity);
        var options = new LeaderElectionOptions { Namespace = "ns", Name = "work", Identity = identity };
        var callbacks = new LeaderCallbacks { StartedLeading = () => Started++, StoppedLeading = () => Stopped++, NewLeader = Leaders.Add };
        Elector = new LeaderElector(Client, options, callbacks, new WrongClock(time, clockError), () => 0);
    }

    public FakeLeases.Client Client { get; }

    public LeaderElector Elector { get; }

    public int Started { get; private set; }

    public int Stopped { get; private set; }

    public List<string> Leaders { get; } = [];

    public Task Running { get; private set; } = Task.CompletedTask;

    public Candidate Run()
    {
        Running = Elector.RunAsync(_stop.Token);
        return this;
    }

    public void Stop() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    private sealed class WrongClock(FakeTimeProvider time, TimeSpan error) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + error;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }
}
