// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text.Json;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>Reads one frame of a watch in one pass: first the type, then the object as what the type says.</summary>
internal static class WatchFrameParser
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

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
        var reader = new Utf8JsonReader(line, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return Unknown<T>("A frame is not an object.");
        WatchEventType? word = null;
        ReadOnlySequence<byte>? early = null;
        WatchEvent<T>? parsed = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = reader.ValueTextEquals("type"u8);
            bool isObject = reader.ValueTextEquals("object"u8);
            if (!reader.Read()) break;
            if (isType && reader.TokenType == JsonTokenType.String)
            {
                word = ReadType(ref reader);
            }
            else if (isObject && word is { } known)
            {
                parsed = ReadObject(ref reader, known, type);
            }
            else
            {
                long start = reader.TokenStartIndex;
                reader.Skip();
                if (isObject) early = line.Slice(start, reader.BytesConsumed - start);
            }
        }

        if (parsed is not null) return parsed;
        if (word is null || early is null) return Unknown<T>("A frame lacks its type or its object.");
        var late = new Utf8JsonReader(early.Value, Options);
        late.Read();
        return ReadObject(ref late, word.Value, type);
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

    private static WatchEvent<T> ReadObject<T>(ref Utf8JsonReader reader, WatchEventType kind, ResourceType<T> type)
        where T : class, IKubernetesObject
    {
        switch (kind)
        {
            case WatchEventType.Unknown:
                reader.Skip();
                return Unknown<T>("A frame has a type that this client does not know.");
            case WatchEventType.Error:
                Status status = JsonSerializer.Deserialize(ref reader, WireJsonContext.Default.Status) ?? new Status();
                return new WatchEvent<T> { Type = kind, Error = ErrorMapper.FromStatus(status) };
            case WatchEventType.Bookmark:
                MetadataOnly? mark = JsonSerializer.Deserialize(ref reader, WireJsonContext.Default.MetadataOnly);
                return new WatchEvent<T> { Type = kind, ResourceVersion = mark?.Metadata?.ResourceVersion };
            default:
                T? item = JsonSerializer.Deserialize(ref reader, type.Json);
                return item?.Metadata is null
                    ? Unknown<T>("A frame's object has no metadata.")
                    : new WatchEvent<T> { Type = kind, Object = item, ResourceVersion = item.Metadata.ResourceVersion };
        }
    }

    private static WatchEvent<T> Unknown<T>(string why)
        where T : class, IKubernetesObject =>
        new() { Type = WatchEventType.Unknown, Error = new KubeError(KubeErrorKind.Malformed, why) };
}
