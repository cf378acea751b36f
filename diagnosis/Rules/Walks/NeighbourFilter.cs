// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Walks;

/// <summary>What packet filters do to IPv6 neighbour discovery on the way to a device's endpoints, for the rule about unreachable neighbours.</summary>
internal static class NeighbourFilter
{
    /// <summary>The walks of solicitations and advertisements that end at a rule or policy; empty when none does or nobody walked.</summary>
    public static IReadOnlyList<WalkFact> Blocked(DeviceView device) =>
        [.. Blockades.WalksOf(device).Where(walk => walk is { Purpose: WalkPurpose.NeighbourIn or WalkPurpose.NeighbourOut, Result: WalkResult.Dropped or WalkResult.Rejected, Stop.Rule: not null })];
}
