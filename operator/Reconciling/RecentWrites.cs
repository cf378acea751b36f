// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>
/// Remembers which children this process wrote for a run, and when. A child that is not in the cache as it should be a moment after its write is on its way there;
/// one that still is not after <see cref="RepairAfter"/> was deleted or changed by somebody and is written again, at most six times a minute, so that a
/// quarrel with another program stays a quarrel and no load. A new process remembers nothing and writes at once.
/// </summary>
internal sealed class RecentWrites(TimeProvider time)
{
    /// <summary>Time between two writes of the same child in the same run.</summary>
    public static readonly TimeSpan RepairAfter = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, RunWrites> _runs = new(StringComparer.Ordinal);

    /// <summary>How long to wait before the child may be written; zero or less = now.</summary>
    public TimeSpan WaitBefore(string diagnosisUid, string run, string child) =>
        _runs.TryGetValue(diagnosisUid, out var writes) && writes.Run == run && writes.At.TryGetValue(child, out var last)
            ? last + RepairAfter - time.GetUtcNow()
            : TimeSpan.Zero;

    /// <summary>The child was written.</summary>
    public void Wrote(string diagnosisUid, string run, string child) =>
        _runs.AddOrUpdate(diagnosisUid, _ => new(run), (_, known) => known.Run == run ? known : new(run)).At[child] = time.GetUtcNow();

    /// <summary>Lets go of a diagnosis, because it is gone or nothing runs.</summary>
    public void Forget(string diagnosisUid) => _runs.TryRemove(diagnosisUid, out _);

    private sealed record RunWrites(string Run)
    {
        public ConcurrentDictionary<string, DateTimeOffset> At { get; } = new(StringComparer.Ordinal);
    }
}
