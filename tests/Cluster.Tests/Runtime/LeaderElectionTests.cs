// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.LeaderElection;

namespace KubeWgDiag.Cluster.Tests.Runtime;

/// <summary>Two candidates for one lease on a real server.</summary>
public sealed class LeaderElectionTests : ClusterTest
{
    [Fact]
    public async Task Release_TheOtherTakesOverAtItsNextTry()
    {
        var lease = NewName("release");
        await using var first = Run(lease, "first");
        await first.Elected();
        await using var second = Run(lease, "second");
        await Task.Delay(TimeSpan.FromSeconds(2));
        second.IsLeader.ShouldBeFalse();

        await first.StopAsync();
        await second.Elected();
        first.StoppedAt!.Value.ShouldBeLessThan(second.StartedAt!.Value);
        var spec = Value(await Client.GetAsync(BuiltInTypes.Lease, Namespace, lease, Stop)).Spec!;
        (spec.HolderIdentity, spec.LeaseTransitions > 0).ShouldBe(("second", true));
    }

    [Fact]
    public async Task Silence_TheOtherTakesOver_AfterTheFirstHasGivenUp()
    {
        var lease = NewName("silence");
        await using var first = Run(lease, "first");
        await first.Elected();
        await using var second = Run(lease, "second");
        first.Cut();

        await Should.ThrowAsync<LeadershipLostException>(first.Running.WaitAsync(Waiting.Limit));
        second.IsLeader.ShouldBeFalse("the lease lasts longer than its holder may work without renewal");
        await second.Elected();
        first.StoppedAt!.Value.ShouldBeLessThan(second.StartedAt!.Value);
    }

    private Candidate Run(string lease, string identity) =>
        new(new CuttableClient(Client), new LeaderElectionOptions
        {
            Namespace = Namespace,
            Name = lease,
            Identity = identity,
            // Short enough for a test, long enough for a server that takes a second for an answer.
            LeaseDuration = TimeSpan.FromSeconds(7),
            RenewDeadline = TimeSpan.FromSeconds(4),
            RetryPeriod = TimeSpan.FromMilliseconds(500),
        });

    private sealed class Candidate : IAsyncDisposable
    {
        private readonly CuttableClient _client;
        private readonly CancellationTokenSource _stop = new();
        private readonly LeaderElector _elector;

        public Candidate(CuttableClient client, LeaderElectionOptions options)
        {
            _client = client;
            var callbacks = new LeaderCallbacks { StartedLeading = () => StartedAt = Now(), StoppedLeading = () => StoppedAt = Now() };
            _elector = new LeaderElector(client, options, callbacks, TimeProvider.System);
            Running = _elector.RunAsync(_stop.Token);
        }

        public Task Running { get; }

        /// <summary>Ticks of the monotonic clock.</summary>
        public long? StartedAt { get; private set; }

        public long? StoppedAt { get; private set; }

        public bool IsLeader => _elector.IsLeader;

        public Task Elected() => _elector.Elected.WaitAsync(Waiting.Limit);

        public void Cut() => _client.Cut();

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await Running;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }

        private static long Now() => TimeProvider.System.GetTimestamp();
    }
}
