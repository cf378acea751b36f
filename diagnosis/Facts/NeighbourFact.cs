// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>A neighbour table entry (RTM_NEWNEIGH).</summary>
/// <param name="Link">Interface index.</param>
/// <param name="Address">The neighbour's address.</param>
/// <param name="State">NUD_* in the kernel's words: INCOMPLETE, REACHABLE, STALE, DELAY, PROBE, FAILED, NOARP, PERMANENT.</param>
public sealed record NeighbourFact(int Link, IpAddr Address, string State);
