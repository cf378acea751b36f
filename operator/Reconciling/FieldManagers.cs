// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>
/// Names under which the operator owns fields. One for each concern, because an apply takes away whatever its manager applied before and leaves
/// out now.
/// </summary>
internal static class FieldManagers
{
    /// <summary>DaemonSets and NodeProbes.</summary>
    public const string Children = "kubewgdiag-operator";

    /// <summary>Status of diagnoses.</summary>
    public const string Status = "kubewgdiag-operator-status";

    /// <summary>Series of events.</summary>
    public const string Events = "kubewgdiag-operator-events";
}
