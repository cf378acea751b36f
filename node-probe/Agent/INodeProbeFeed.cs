// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Tells the inbox about this node's NodeProbes, whatever happens to the API server meanwhile.</summary>
public interface INodeProbeFeed
{
    /// <summary>Feeds until cancelled.</summary>
    Task RunAsync(RunInbox inbox, CancellationToken ct);
}
