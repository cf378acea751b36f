// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace KubeWgDiag.Scale.Probes;

/// <summary>What happens to each node on the way.</summary>
internal enum Milestone
{
    /// <summary>Its NodeProbe was seen.</summary>
    Asked,

    /// <summary>The server has its status Running.</summary>
    Running,

    /// <summary>The server has its status Complete.</summary>
    Answered,
}

/// <summary>When the first and the last node came to each milestone, counted from the apply.</summary>
internal sealed class Timeline
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Milestone, (int Count, TimeSpan First, TimeSpan Last)> _seen = [];
    private readonly Stopwatch _clock = new();

    /// <summary>Time since the apply.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>The diagnosis is applied now.</summary>
    public void Start() => _clock.Start();

    public void Mark(Milestone milestone)
    {
        lock (_gate)
        {
            var now = _clock.Elapsed;
            _seen[milestone] = _seen.TryGetValue(milestone, out var seen) ? (seen.Count + 1, seen.First, now) : (1, now, now);
        }
    }

    /// <summary>One line for people.</summary>
    public string Describe()
    {
        lock (_gate)
            return string.Join("; ", _seen.OrderBy(seen => seen.Key).Select(seen => $"{seen.Key} {seen.Value.Count} nodes {seen.Value.First.TotalSeconds:0.0}-{seen.Value.Last.TotalSeconds:0.0} s"));
    }
}
