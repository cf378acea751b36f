// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text.Json;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>Reads one frame of a watch: the type says as what the object is read, in whichever order the two come.</summary>
internal static class WatchFrameParser
{
    /// <summary>Annotation of the bookmark that ends the initial events (KEP-3157).</summary>
    private const string InitialEventsEnd = "k8s.io/initial-events-end";

    /// <summary>Decodes a line. What cannot be decoded is an event of type Unknown with a reason, never an exception.</summary>
    public static WatchEvent<T> Parse<T>(ReadOnlySequence<byte> line, ResourceType<T> type)
        where T : class, IKubernetesObject
    {
        try
        {
            return ParseFrame(line, type);
        }
        catch (JsonException e)
        {
            return Unknown<T>($"A frame cannot be read: {e.Message}");
        }
    }

    private static WatchEvent<T> ParseFrame<T>(ReadOnlySequence<byte> line, ResourceType<T> type)
        where T : class, IKubernetesObject
    {
        var reader = new Utf8JsonReader(line, WireJson.ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return Unknown<T>("A frame is not an object.");
        WatchEventType? word = null;
        ReadOnlySequence<byte>? content = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = reader.ValueTextEquals("type"u8);
            bool isObject = reader.ValueTextEquals("object"u8);
            if (!reader.Read()) break;
            if (isType && reader.TokenType == JsonTokenType.String) word = ReadType(ref reader);
            long start = reader.TokenStartIndex;
            reader.Skip();
            if (isObject) content = line.Slice(start, reader.BytesConsumed - start);
        }

        return word is { } known && content is { } json ? ReadObject(json, known, type) : Unknown<T>("A frame lacks its type or its object.");
    }

    /// <summary>Compares bytes: reading a text out would throw something else than a JsonException on broken UTF-8.</summary>
    private static WatchEventType ReadType(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("ADDED"u8)) return WatchEventType.Added;
        if (reader.ValueTextEquals("MODIFIED"u8)) return WatchEventType.Modified;
        if (reader.ValueTextEquals("DELETED"u8)) return WatchEventType.Deleted;
        if (reader.ValueTextEquals("BOOKMARK"u8)) return WatchEventType.Bookmark;
        return reader.ValueTextEquals("ERROR"u8) ? WatchEventType.Error : WatchEventType.Unknown;
    }

    private static WatchEvent<T> ReadObject<T>(ReadOnlySequence<byte> json, WatchEventType kind, ResourceType<T> type)
        where T : class, IKubernetesObject
    {
        var reader = new Utf8JsonReader(json, WireJson.ReaderOptions);
        switch (kind)
        {
            case WatchEventType.Unknown:
                return Unknown<T>("A frame has a type that this client does not know.");
            case WatchEventType.Error:
                Status status = JsonSerializer.Deserialize(ref reader, WireJsonContext.Default.Status) ?? new Status();
                return new WatchEvent<T> { Type = kind, Error = ErrorMapper.FromStatus(status) };
            case WatchEventType.Bookmark:
                ObjectMeta? mark = JsonSerializer.Deserialize(ref reader, WireJsonContext.Default.MetadataOnly)?.Metadata;
                bool isEnd = mark?.Annotations?.GetValueOrDefault(InitialEventsEnd) == "true";
                return new WatchEvent<T> { Type = kind, ResourceVersion = mark?.ResourceVersion, IsInitialEventsEnd = isEnd };
            default:
                return ItemDecoder.TryRead(json, type, out string? problem) is { } item
                    ? new WatchEvent<T> { Type = kind, Object = item, ResourceVersion = item.Metadata.ResourceVersion }
                    : Unreadable<T>(json, kind, problem);
        }
    }

    /// <summary>That an object is gone can be known without reading it; that it changed cannot be used.</summary>
    private static WatchEvent<T> Unreadable<T>(ReadOnlySequence<byte> json, WatchEventType kind, string? problem)
        where T : class, IKubernetesObject
    {
        ObjectKey? key = ItemDecoder.TryReadKey(json);
        WatchEvent<T> unknown = Unknown<T>($"The object {key} cannot be read: {problem}");
        return kind == WatchEventType.Deleted && key is not null ? unknown with { Type = kind, Key = key } : unknown with { Key = key };
    }

    private static WatchEvent<T> Unknown<T>(string why)
        where T : class, IKubernetesObject =>
        new() { Type = WatchEventType.Unknown, Error = new KubeError(KubeErrorKind.Malformed, why) };
}
