// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Leaves out what walks tell of tunnels whose packets all pass unchanged.</summary>
internal static class WalksCut
{
    /// <summary>Entries of devices and families of which nothing else is told. Where something ends, what passes beside it is part of the verdict.</summary>
    public static (NodeFacts Facts, int Removed) Passed(NodeFacts facts) => FactsCut.PerNamespace(facts, space =>
    {
        if (space.Walks is not { Value: { } walks } fact) return (space, 0);
        var told = walks.Where(walk => !IsPlain(walk)).Select(walk => (walk.Device, walk.Family)).ToHashSet();
        var kept = walks.Where(walk => told.Contains((walk.Device, walk.Family))).ToList();
        return (space with { Walks = fact with { Value = kept } }, walks.Count - kept.Count);
    });

    private static bool IsPlain(WalkFact walk) => walk is { Result: WalkResult.Passed, Nat: null };
}
