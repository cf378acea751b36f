// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Queues;

/// <summary>How long a failed key waits: its own exponential wait or the token bucket of all keys, whichever is longer.</summary>
internal sealed class RetryDelays<TKey>(TimeProvider time, WorkQueueOptions options)
    where TKey : struct
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, int> _failures = [];
    private double _tokens = options.Burst;
    private long _filledAt = time.GetTimestamp();

    /// <summary>Counts a failure and tells how long to wait.</summary>
    public TimeSpan Next(TKey key)
    {
        lock (_lock)
        {
            int failures = _failures.GetValueOrDefault(key);
            _failures[key] = failures + 1;
            TimeSpan own = Exponential(failures);
            TimeSpan shared = Reserve();
            return own > shared ? own : shared;
        }
    }

    public void Forget(TKey key)
    {
        lock (_lock) _failures.Remove(key);
    }

    private TimeSpan Exponential(int failures)
    {
        double seconds = options.FirstRetry.TotalSeconds * Math.Pow(2, Math.Min(failures, 62));
        return seconds < options.LongestRetry.TotalSeconds ? TimeSpan.FromSeconds(seconds) : options.LongestRetry;
    }

    /// <summary>Takes a token, also one that is yet to come.</summary>
    private TimeSpan Reserve()
    {
        long now = time.GetTimestamp();
        _tokens = Math.Min(options.Burst, _tokens + (time.GetElapsedTime(_filledAt, now).TotalSeconds * options.RetriesPerSecond));
        _filledAt = now;
        _tokens--;
        return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / options.RetriesPerSecond);
    }
}
