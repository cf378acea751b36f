// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>
/// Looks into one namespace after the other. One thread goes from namespace to namespace, which is far cheaper than a thread for each;
/// it ends after the last one and never serves anything else.
/// </summary>
internal static class NamespaceScanner
{
    /// <summary>How many namespaces a thread looks into before somebody sees whether it hangs.</summary>
    private const int BatchSize = 64;

    /// <summary>Looks into all of them, in their order, while there is time; those that it did not get to are missing at the end.</summary>
    /// <param name="found">Where to look.</param>
    /// <param name="newLook">Makes what looks into a namespace; a new one after a hang, because the old one is still in use.</param>
    /// <param name="time">The clock.</param>
    /// <param name="hangLimit">What one batch may take before its namespace counts as hung in the kernel and is left behind.</param>
    /// <param name="deadline">Time for all of them.</param>
    public static IReadOnlyList<ScannedNamespace> Scan(
        IReadOnlyList<FoundNamespace> found,
        Func<Func<FoundNamespace, Deadline, ScannedNamespace>> newLook,
        TimeProvider time,
        TimeSpan hangLimit,
        Deadline deadline)
    {
        var scanned = new List<ScannedNamespace>(found.Count);
        using var thread = new ReaderThread(time);
        var look = newLook();
        while (scanned.Count < found.Count && !deadline.Expired)
        {
            deadline.Token.ThrowIfCancellationRequested();
            var batch = new ScanBatch(found, scanned.Count, Math.Min(scanned.Count + BatchSize, found.Count));
            var looking = look;
            var ended = thread.TryRun(() => batch.Run(looking, deadline), hangLimit);
            scanned.AddRange(batch.Results());
            if (ended || scanned.Count == found.Count) continue;
            scanned.Add(ScannedNamespace.Failed(
                found[scanned.Count], new NotAvailable(NotAvailableReason.TimedOut, "looking into the network namespace hung in the kernel")));
            look = newLook();
        }

        return scanned;
    }

    private sealed class ScanBatch(IReadOnlyList<FoundNamespace> found, int from, int end)
    {
        private readonly Lock _lock = new();
        private readonly List<ScannedNamespace> _results = [];
        private bool _taken;

        public void Run(Func<FoundNamespace, Deadline, ScannedNamespace> look, Deadline deadline)
        {
            for (var i = from; i < end && !deadline.Expired && !deadline.Token.IsCancellationRequested; i++)
            {
                var result = Guarded(look, found[i], deadline);
                lock (_lock)
                {
                    // Somebody took the results as those of a hung batch: nothing may come after them.
                    if (_taken) return;
                    _results.Add(result);
                }
            }
        }

        public List<ScannedNamespace> Results()
        {
            lock (_lock)
            {
                _taken = true;
                return _results;
            }
        }

        private static ScannedNamespace Guarded(Func<FoundNamespace, Deadline, ScannedNamespace> look, FoundNamespace space, Deadline deadline)
        {
            try
            {
                return look(space, deadline);
            }
            catch (Exception failure)
            {
                // One namespace hides no other, and nothing may leave a thread's start; a cancelled caller asks its own token.
                return ScannedNamespace.Failed(space, new NotAvailable(NotAvailableReason.Failed, $"the look failed: {failure.GetType().Name}"));
            }
        }
    }
}
