// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.LeaderElection;

/// <summary>Two candidates for one lease, of which the second has a clock that is far off.</summary>
public abstract class TwoCandidates : IDisposable
{
    protected static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private protected readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private protected readonly FakeLeases _leases = new();
    private protected readonly Candidate _a;
    private protected readonly Candidate _b;

    protected TwoCandidates() => (_a, _b) = (new Candidate(_leases, _time, "a"), new Candidate(_leases, _time, "b", TimeSpan.FromDays(-400)));

    public void Dispose()
    {
        foreach (Candidate candidate in (Candidate[])[_a, _b])
        {
            candidate.Client.Hangs = false;
            candidate.Stop();
        }

        _a.Dispose();
        _b.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets time pass in small steps, with room for the electors between them.</summary>
    private protected async Task AdvanceAsync(TimeSpan time)
    {
        DateTimeOffset end = _time.GetUtcNow() + time;
        while (_time.GetUtcNow() < end)
        {
            _time.Advance(Step);
            for (int i = 0; i < 20; i++) await Task.Yield();
            await Task.Delay(1);
        }
    }
}
