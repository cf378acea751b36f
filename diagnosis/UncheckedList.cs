// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis;

/// <summary>
/// Keeps the list of what could not be looked at readable: what many nodes say in the same words is one line with their number, what most nodes
/// say comes first, and the end says how much was left out.
/// </summary>
internal static class UncheckedList
{
    /// <summary>Lines in a report; who has more than that has one reason behind them.</summary>
    internal const int Limit = 1000;

    private const int NamedNodes = 3;

    public static IReadOnlyList<CouldNotCheck> Of(IEnumerable<CouldNotCheck> items, int nodes)
    {
        var lines = items.Distinct()
            .GroupBy(item => (item.What, item.Reason))
            .Select(group => (First: group.First(), Names: group.Select(item => item.Node).Order(StringComparer.Ordinal).ToList()))
            // Stable: a node's own lines stay in the order in which a person would look.
            .OrderByDescending(line => line.Names.Count)
            .ThenBy(line => line.Names[0], StringComparer.Ordinal)
            .Select(line => line.Names.Count == 1
                ? line.First
                : new CouldNotCheck(line.Names[0], line.First.What, $"{line.First.Reason} (the same on {line.Names.Count} of {nodes} nodes: {DisplayText.Join(line.Names, NamedNodes)})")
                {
                    Nodes = line.Names.Count,
                })
            .ToList();
        if (lines.Count <= Limit) return lines;
        var left = lines.Skip(Limit - 1).ToList();
        return [.. lines.Take(Limit - 1), new CouldNotCheck(left[0].Node, "more", $"{left.Count} more lines on this and other nodes are left out") { Nodes = left.Sum(line => line.Nodes) }];
    }
}
