// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>A run that waits for its answer.</summary>
/// <param name="Name">Name of the NodeProbe.</param>
/// <param name="Uid">Uid of the NodeProbe: a namesake made later is another one.</param>
/// <param name="Spec">What is asked for.</param>
/// <param name="Superseded">Cancelled when another run is asked for, the NodeProbe is deleted, or the agent stops.</param>
public sealed record RunRequest(string Name, string? Uid, NodeProbeSpec Spec, CancellationToken Superseded);
