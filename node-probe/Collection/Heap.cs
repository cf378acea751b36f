// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>
/// Gives memory back between the phases of a run. A run leaves much garbage within a second and then waits; left alone, the collector
/// lets it lie, because a machine has memory enough. The probe is a guest there.
/// </summary>
internal static class Heap
{
    /// <summary>Less is not worth the milliseconds of a collection.</summary>
    private const long WorthIt = 3 * 1024 * 1024;

    public static void Trim()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) > WorthIt) GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
