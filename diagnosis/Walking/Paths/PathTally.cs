// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Paths;

namespace KubeWgDiag.Diagnosis.Walking.Paths;

/// <summary>Puts walks that differ in the far address only into one.</summary>
internal sealed class PathTally
{
    private readonly List<PathWalkFact> _facts = [];
    private readonly Dictionary<string, int> _byContent = new(StringComparer.Ordinal);

    public IReadOnlyList<PathWalkFact> Facts => _facts;

    public void Add(PathWalkFact fact)
    {
        // Records compare their lists by reference; the JSON is what would be told.
        var content = JsonSerializer.Serialize(fact with { There = [] }, FactsJsonContext.Default.PathWalkFact);
        if (_byContent.TryGetValue(content, out var index))
        {
            _facts[index] = _facts[index] with { There = [.. _facts[index].There.Union(fact.There)] };
            return;
        }

        _byContent[content] = _facts.Count;
        _facts.Add(fact);
    }
}
