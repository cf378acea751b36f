// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Queues;

/// <summary>Takes the times of one queue's keys.</summary>
internal sealed class QueueRecorder<TKey>(QueueMetrics metrics, string name, TimeProvider time)
    where TKey : struct
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, long> _added = [];
    private readonly Dictionary<TKey, long> _taken = [];

    /// <summary>The key wants work from now on.</summary>
    public void Added(TKey key)
    {
        metrics.Added(name);
        lock (_lock) _added[key] = time.GetTimestamp();
    }

    public void Taken(TKey key)
    {
        long now = time.GetTimestamp();
        bool isKnown;
        long added;
        lock (_lock)
        {
            isKnown = _added.Remove(key, out added);
            _taken[key] = now;
        }

        if (isKnown) metrics.Waited(name, time.GetElapsedTime(added, now));
    }

    public void Done(TKey key)
    {
        bool isKnown;
        long taken;
        lock (_lock) isKnown = _taken.Remove(key, out taken);
        if (isKnown) metrics.Worked(name, time.GetElapsedTime(taken));
    }

    public void Retried() => metrics.Retried(name);

    /// <summary>How long the work that is not done has taken: all of it together, and the longest.</summary>
    public (TimeSpan Sum, TimeSpan Longest) Unfinished()
    {
        long now = time.GetTimestamp();
        (TimeSpan sum, TimeSpan longest) = (TimeSpan.Zero, TimeSpan.Zero);
        lock (_lock)
        {
            foreach (long taken in _taken.Values)
            {
                TimeSpan age = time.GetElapsedTime(taken, now);
                sum += age;
                if (age > longest) longest = age;
            }
        }

        return (sum, longest);
    }
}
