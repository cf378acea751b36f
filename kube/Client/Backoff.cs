// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Client;

/// <summary>
/// Growing waits between failed tries: 800 ms, doubled up to 30 s, each stretched by up to its own length by chance, from the
/// start again after two minutes without a call (client-go's reflector).
/// </summary>
public sealed class Backoff
{
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _time;
    private readonly Func<double> _jitter;
    private readonly TimeSpan _shortest;
    private readonly TimeSpan _longest;
    private TimeSpan _next;
    private long? _lastCall;

    /// <summary>With the waits of client-go's reflector.</summary>
    public Backoff(TimeProvider time, Func<double> jitter)
        : this(time, jitter, TimeSpan.FromMilliseconds(800), TimeSpan.FromSeconds(30))
    {
    }

    /// <summary>With other waits.</summary>
    /// <param name="time">Clock.</param>
    /// <param name="jitter">Numbers in [0, 1).</param>
    /// <param name="shortest">The first wait before jitter; above zero.</param>
    /// <param name="longest">The longest wait before jitter.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shortest is not above zero.</exception>
    public Backoff(TimeProvider time, Func<double> jitter, TimeSpan shortest, TimeSpan longest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(shortest, TimeSpan.Zero);
        (_time, _jitter, _longest) = (time, jitter, longest);
        _next = _shortest = shortest < longest ? shortest : longest;
    }

    /// <summary>The next wait; not safe for two callers at a time.</summary>
    public TimeSpan Next()
    {
        long now = _time.GetTimestamp();
        if (_lastCall is { } last && _time.GetElapsedTime(last, now) > ForgetAfter) _next = _shortest;
        _lastCall = now;
        TimeSpan wait = _next;
        _next = wait * 2 < _longest ? wait * 2 : _longest;
        return wait * (1 + _jitter());
    }
}
