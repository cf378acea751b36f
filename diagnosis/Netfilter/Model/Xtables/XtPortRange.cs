// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Ports from <paramref name="From"/> to <paramref name="To"/>, both included.</summary>
/// <param name="From">First port.</param>
/// <param name="To">Last port; smaller than the first one in a range that matches nothing.</param>
/// <param name="Inverted">All other ports match.</param>
public sealed record XtPortRange(ushort From, ushort To, bool Inverted = false);

/// <summary>Numbers from <paramref name="From"/> to <paramref name="To"/>, both included.</summary>
/// <param name="From">First number.</param>
/// <param name="To">Last number.</param>
/// <param name="Inverted">All other numbers match.</param>
public sealed record XtRange(uint From, uint To, bool Inverted = false);
