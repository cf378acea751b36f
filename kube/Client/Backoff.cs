// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Client;

/// <summary>
/// Growing waits between failed tries: 800 ms, doubled up to 30 s, each stretched by up to its own length by chance, from the
/// start again after two minutes without a call (client-go's reflector).
/// </summary>
public sealed class Backoff(TimeProvider time, Func<double> jitter)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(2);

    private TimeSpan _next = Shortest;
    private long? _lastCall;

    /// <summary>The next wait; not safe for two callers at a time.</summary>
    public TimeSpan Next()
    {
        long now = time.GetTimestamp();
        if (_lastCall is { } last && time.GetElapsedTime(last, now) > ForgetAfter) _next = Shortest;
        _lastCall = now;
        TimeSpan wait = _next;
        _next = wait * 2 < Longest ? wait * 2 : Longest;
        return wait * (1 + jitter());
    }
}
