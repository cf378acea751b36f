// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary><c>events.k8s.io/v1 Event</c> without the deprecated fields, which must be unset on create.</summary>
public sealed record Event : IKubernetesObject
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    /// <summary>Required on create; immutable.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>Qualified name such as <c>example.org/controller</c>.</summary>
    public string? ReportingController { get; init; }

    /// <summary>At most 128 characters.</summary>
    public string? ReportingInstance { get; init; }

    /// <summary>What was done, at most 128 characters.</summary>
    public string? Action { get; init; }

    /// <summary>CamelCase, at most 128 characters.</summary>
    public string? Reason { get; init; }

    public ObjectReference? Regarding { get; init; }

    public ObjectReference? Related { get; init; }

    /// <summary>For people, at most 1024 bytes.</summary>
    public string? Note { get; init; }

    /// <summary><c>Normal</c> or <c>Warning</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Set from the second occurrence on; the only part that may change.</summary>
    public EventSeries? Series { get; init; }
}

/// <summary><c>events.k8s.io/v1 EventSeries</c>.</summary>
public sealed record EventSeries
{
    /// <summary>At least 2.</summary>
    public required int Count { get; init; }

    [JsonConverter(typeof(MicroTimeConverter))]
    public required DateTimeOffset LastObservedTime { get; init; }
}
