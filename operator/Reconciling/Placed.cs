// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>How far children of a run are what they should be.</summary>
/// <param name="Refusal">One of the server's refusals; null when there was none.</param>
/// <param name="Again">When to look again although nothing changes, because something was put off; null = not.</param>
internal sealed record Placed(KubeError? Refusal, TimeSpan? Again)
{
    /// <summary>All is as it should be.</summary>
    public static Placed Whole { get; } = new(null, null);
}
