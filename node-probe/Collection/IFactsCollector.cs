// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Reads everything that a diagnosis needs from this node.</summary>
public interface IFactsCollector
{
    /// <summary>
    /// Reads the node. What cannot be read is in the facts with its reason; nothing but cancellation is an exception.
    /// With an observation the counters are read at its start and its end, everything else at its end.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<NodeFacts> CollectAsync(CollectionRequest request, CancellationToken ct);
}
