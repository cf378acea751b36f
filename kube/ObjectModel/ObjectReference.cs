// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.ObjectModel;

/// <summary><c>v1 ObjectReference</c>, as events carry it.</summary>
public sealed record ObjectReference
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public string? Namespace { get; init; }

    public string? Name { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public string? FieldPath { get; init; }
}
