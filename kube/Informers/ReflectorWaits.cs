// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Kube.Informers;

/// <summary>How long a reflector waits between its tries.</summary>
/// <param name="time">Clock.</param>
/// <param name="jitter">Numbers in [0, 1).</param>
/// <param name="longestOutage">Longest wait while nobody answers, jitter included.</param>
/// <remarks>
/// There are two ladders. A server that answers 429 or 5xx is in trouble and each try adds to it: client-go's waits, up to 30 s.
/// A server that cannot be reached is not helped by waiting, a refused connection costs nobody anything, and whoever diagnoses a
/// network wants to see again soon after it is back: from 200 ms up to about 5 s. The jitter, up to the wait's own length,
/// spreads the return of thousands of probes over those seconds.
/// </remarks>
internal sealed class ReflectorWaits(TimeProvider time, Func<double> jitter, TimeSpan longestOutage)
{
    private static readonly TimeSpan FirstAfterOutage = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromSeconds(30);

    private readonly Backoff _refused = new(time, jitter);
    private readonly Backoff _outage = new(time, jitter, FirstAfterOutage, longestOutage / 2);

    /// <summary>Waits as a turn says; at least as long as the server asked, at most 30 s for that.</summary>
    public Task WaitAsync(Turn turn, CancellationToken ct)
    {
        if (turn.Pause == Pause.None) return Task.CompletedTask;
        TimeSpan wait = turn.Pause == Pause.Outage ? _outage.Next() : _refused.Next();
        if (turn.Asked is { } asked && asked > wait) wait = asked < LongestAsked ? asked : LongestAsked;
        return Task.Delay(wait, time, ct);
    }
}
