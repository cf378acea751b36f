// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Cluster;

/// <summary>What the control plane says of the cluster's nodes, to be held against what the nodes have. Read by whoever may ask the API server.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Nodes">All nodes, also those that nobody probed.</param>
public sealed record ClusterFacts(DateTimeOffset At, IReadOnlyList<ClusterNode> Nodes);
