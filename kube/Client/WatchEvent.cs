// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>One frame of a watch.</summary>
/// <typeparam name="T">Type of the watched objects.</typeparam>
public sealed record WatchEvent<T>
    where T : class, IKubernetesObject
{
    public required WatchEventType Type { get; init; }

    /// <summary>The object; null for <see cref="WatchEventType.Bookmark"/>, <see cref="WatchEventType.Error"/> and <see cref="WatchEventType.Unknown"/>.</summary>
    public T? Object { get; init; }

    /// <summary>The version that the stream has reached with this frame; null when the frame carries none.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Set for <see cref="WatchEventType.Error"/>: also a refusal to open the watch arrives so.</summary>
    public KubeError? Error { get; init; }
}

/// <summary>Type of a watch frame.</summary>
public enum WatchEventType
{
    /// <summary>A type that this client does not know: logged by the reader and skipped, it does not end the stream.</summary>
    Unknown,
    Added,
    Modified,
    Deleted,
    Bookmark,
    Error,
}
