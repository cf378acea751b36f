// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Reads a node. What cannot be read is a fact with its reason, never an exception.</summary>
public interface IFactsCollector
{
    /// <summary>Reads the node once or, with an observation, at its start and its end.</summary>
    Task<NodeFacts> CollectAsync(CollectionRequest request, CancellationToken ct);
}
