// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>
/// Thins out requests for one key: the first of a while counts at once, the next ones all together after the spacing. So nothing
/// is forgotten and the last one is always followed by work.
/// </summary>
internal sealed class SpacedKeys(TimeSpan spacing, TimeProvider time)
{
    private const int CleanUpFrom = 1024;

    private readonly Lock _lock = new();

    /// <summary>When each key was let through last, or will be.</summary>
    private readonly Dictionary<ObjectKey, long> _moments = [];
    private int _cleanUpAt = CleanUpFrom;

    /// <summary>How long this request has to wait; zero = not at all.</summary>
    public TimeSpan Next(ObjectKey key)
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            if (!_moments.TryGetValue(key, out long moment) || time.GetElapsedTime(moment, now) >= spacing)
            {
                CleanUp(now);
                _moments[key] = now;
                return TimeSpan.Zero;
            }

            // Asked for again although it is planned: something else may have brought the work forward and so used the plan up.
            if (moment <= now) _moments[key] = moment += (long)(spacing.TotalSeconds * time.TimestampFrequency);
            return time.GetElapsedTime(now, moment);
        }
    }

    private void CleanUp(long now)
    {
        if (_moments.Count < _cleanUpAt) return;
        foreach ((ObjectKey key, long moment) in _moments)
        {
            if (time.GetElapsedTime(moment, now) >= spacing) _moments.Remove(key);
        }

        _cleanUpAt = Math.Max(CleanUpFrom, _moments.Count * 2);
    }
}
