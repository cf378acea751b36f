// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Diagnosis.Rules;

/// <summary>The one order of tunnels in a report.</summary>
internal static class TunnelOrder
{
    public static IReadOnlyList<TunnelId> Sort(IEnumerable<TunnelId> tunnels) =>
    [
        .. tunnels.Distinct()
            .OrderBy(id => id.FromNode, StringComparer.Ordinal)
            .ThenBy(id => id.FromDevice, StringComparer.Ordinal)
            .ThenBy(id => id.ToNode, StringComparer.Ordinal)
            .ThenBy(id => id.PeerKey, StringComparer.Ordinal),
    ];
}
