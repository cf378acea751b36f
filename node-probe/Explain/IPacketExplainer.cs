// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Walking;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Explain;

/// <summary>Walks a packet over this host.</summary>
public interface IPacketExplainer
{
    /// <summary>Reads what the packet may pass, and walks it. What cannot be read is a step that says so; nothing but cancellation is an exception.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<WalkReport> ExplainAsync(WalkQuestion question, CollectionRequest request, CancellationToken ct);
}
