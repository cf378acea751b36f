// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text.Json;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>
/// Reads one object of a list or a watch. A custom resource may hold what its schema allowed in another version, so an object
/// that does not fit its record is expected and must cost nobody else's objects.
/// </summary>
internal static class ItemDecoder
{
    /// <summary>The object, or null with the reason.</summary>
    public static T? TryRead<T>(ReadOnlySequence<byte> json, ResourceType<T> type, out string? problem)
        where T : class, IKubernetesObject
    {
        try
        {
            var reader = new Utf8JsonReader(json, WireJson.ReaderOptions);
            T? item = JsonSerializer.Deserialize(ref reader, type.Json);
            problem = item?.Metadata is null ? "it has no metadata" : null;
            return problem is null ? item : null;
        }
        catch (Exception e) when (IsOfContent(e))
        {
            problem = e.Message;
            return null;
        }
    }

    /// <summary>Which object it is, read from its head alone; null when that is broken too.</summary>
    public static ObjectKey? TryReadKey(ReadOnlySequence<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, WireJson.ReaderOptions);
            ObjectMeta? meta = JsonSerializer.Deserialize(ref reader, WireJsonContext.Default.MetadataOnly)?.Metadata;
            return meta?.Name is { Length: > 0 } name ? new ObjectKey(meta.Namespace, name) : null;
        }
        catch (Exception e) when (IsOfContent(e))
        {
            return null;
        }
    }

    /// <summary>What converters and readers throw for content; anything else is a bug and not hidden.</summary>
    private static bool IsOfContent(Exception e) => e is JsonException or FormatException or InvalidOperationException or OverflowException or ArgumentException;
}
