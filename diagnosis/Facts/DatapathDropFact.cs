// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>Packets that a pod network's programs in the kernel dropped, by the reason that they give.</summary>
/// <param name="Program">Whose programs: <c>cilium</c>.</param>
/// <param name="Reason">The reason as the program's own metrics spell it: <c>Traffic is unencrypted</c>, <c>Policy denied</c>.</param>
/// <param name="Packets">How many.</param>
public sealed record DatapathDropFact(string Program, string Reason, Counter Packets);
