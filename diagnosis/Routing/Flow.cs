// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Routing;

/// <summary>A packet as routing rules see it.</summary>
/// <param name="Destination">Destination address.</param>
/// <param name="Source">Source address; null = not chosen yet.</param>
/// <param name="Input">Name of the device it comes in by; null = made on this host.</param>
/// <param name="Mark">Mark.</param>
internal sealed record Flow(IpAddr Destination, IpAddr? Source = null, string? Input = null, uint Mark = 0);

/// <summary>What the rules say about a packet.</summary>
/// <param name="Rule">The rule that decided.</param>
/// <param name="Route">The route in its table; null when the rule itself refuses.</param>
/// <param name="Sure">No rule before it looks at something unknown.</param>
internal sealed record FlowAnswer(RuleFact Rule, RouteFact? Route, bool Sure);
