// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>One frame of a watch.</summary>
/// <typeparam name="T">Type of the watched objects.</typeparam>
public sealed record WatchEvent<T>
    where T : class, IKubernetesObject
{
    public required WatchEventType Type { get; init; }

    /// <summary>
    /// The object; null for <see cref="WatchEventType.Bookmark"/>, <see cref="WatchEventType.Error"/>, <see cref="WatchEventType.Unknown"/>,
    /// and for a <see cref="WatchEventType.Deleted"/> whose object cannot be read.
    /// </summary>
    public T? Object { get; init; }

    /// <summary>Which object it is, when <see cref="Object"/> cannot be read but its name can.</summary>
    public ObjectKey? Key { get; init; }

    /// <summary>The bookmark that ends the initial events of a streaming list.</summary>
    public bool IsInitialEventsEnd { get; init; }

    /// <summary>The version that the stream has reached with this frame; null when the frame carries none.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Set for <see cref="WatchEventType.Error"/>: also a refusal to open the watch arrives so.</summary>
    public KubeError? Error { get; init; }
}

/// <summary>Type of a watch frame.</summary>
public enum WatchEventType
{
    /// <summary>A type that this client does not know, or an object that it cannot read: logged, counted and skipped, it does not end the stream.</summary>
    Unknown,
    Added,
    Modified,
    Deleted,
    Bookmark,
    Error,
}
