// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary>
/// The older form of a condition, as nodes, pods and daemon sets carry it: like <c>meta/v1 Condition</c>, but with
/// everything except type and status optional.
/// </summary>
public sealed record StatusCondition
{
    public string? Type { get; init; }

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public string? Status { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public DateTimeOffset? LastTransitionTime { get; init; }
}
