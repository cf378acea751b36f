// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>Names a packet filter's rule: its place, and what it says.</summary>
internal static class RuleDescription
{
    public static string Of(RuleReference reference) => reference.ToString();
}
