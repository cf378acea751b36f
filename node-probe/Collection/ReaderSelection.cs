// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Which readers run.</summary>
internal static class ReaderSelection
{
    /// <summary>Names of all readers, in their order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. NamespaceReaders.All.Select(r => r.Name).Concat(NodeReaders.All.Select(r => r.Name))];

    /// <summary>The readers that were asked for and those that they build on, in their order.</summary>
    /// <param name="all">The list to choose from.</param>
    /// <param name="wanted">By name; null = all.</param>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> all, Func<string, bool>? wanted)
        where T : IReaderEntry
    {
        if (wanted is null) return all;
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        // Backwards, because a reader only builds on those before it.
        foreach (var reader in all.Reverse())
        {
            if (!chosen.Contains(reader.Name) && !wanted(reader.Name)) continue;
            chosen.Add(reader.Name);
            chosen.UnionWith(reader.Needs ?? []);
        }

        return [.. all.Where(reader => chosen.Contains(reader.Name))];
    }
}
