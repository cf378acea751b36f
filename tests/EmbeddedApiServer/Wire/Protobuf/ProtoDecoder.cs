// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Wire.Protobuf;

/// <summary>Kubernetes' protobuf encoding to JSON trees, for the kinds of <see cref="ProtoKinds"/>.</summary>
internal static class ProtoDecoder
{
    private const int MaxDepth = 16;

    /// <summary>Null when the bytes are no such message or the kind is not known in this encoding.</summary>
    public static JsonObject? Decode(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("k8s\0"u8) || Message(body[4..], ProtoKinds.Envelope, 0) is not { } envelope)
            return null;
        string kind = envelope.Text("typeMeta", "kind") ?? "";
        if (ProtoKinds.Find(kind) is not { } message || envelope.Text("raw") is not { } raw || Message(Convert.FromBase64String(raw), message, 0) is not { } content)
            return null;
        content["apiVersion"] = envelope.Text("typeMeta", "apiVersion");
        content["kind"] = kind;
        return content;
    }

    private static JsonObject? Message(ReadOnlySpan<byte> bytes, ProtoMessage message, int depth)
    {
        var map = new JsonObject();
        while (bytes.Length > 0)
        {
            if (depth > MaxDepth || !TryVarint(ref bytes, out ulong tag) || !TryValue(ref bytes, (int)(tag & 7), out ulong number, out ReadOnlySpan<byte> content))
                return null;
            if (!message.Fields.TryGetValue((int)(tag >> 3), out ProtoField? field))
                continue;
            if (!TryAdd(map, field, number, content, depth))
                return null;
        }

        return map;
    }

    private static bool TryAdd(JsonObject map, ProtoField field, ulong number, ReadOnlySpan<byte> content, int depth)
    {
        if (field.Type is ProtoType.TextMap or ProtoType.BytesMap)
            return TryAddEntry(map.Ensure(field.Name), content, field.Type == ProtoType.BytesMap);
        JsonNode? value = field.Type switch
        {
            ProtoType.Text => content.Length == 0 && !field.IsList ? null : Encoding.UTF8.GetString(content),
            ProtoType.Number => (long)number,
            ProtoType.Flag => number != 0,
            ProtoType.Bytes => Convert.ToBase64String(content),
            _ => Message(content, field.Message!, depth + 1),
        };
        if (value is null)
            return field.Type == ProtoType.Text; // the encoder writes empty strings too; they mean absent
        if (!field.IsList)
            map[field.Name] = value;
        else if (map[field.Name] is JsonArray list)
            list.Add(value);
        else
            map[field.Name] = new JsonArray(value);
        return true;
    }

    /// <summary>A map is a list of messages with key (1) and value (2).</summary>
    private static bool TryAddEntry(JsonObject map, ReadOnlySpan<byte> content, bool isBytes)
    {
        string key = "";
        ReadOnlySpan<byte> value = [];
        while (content.Length > 0)
        {
            if (!TryVarint(ref content, out ulong tag) || !TryValue(ref content, (int)(tag & 7), out _, out ReadOnlySpan<byte> part))
                return false;
            if (tag >> 3 == 1)
                key = Encoding.UTF8.GetString(part);
            else
                value = part;
        }

        map[key] = isBytes ? Convert.ToBase64String(value) : Encoding.UTF8.GetString(value);
        return true;
    }

    /// <summary>Wire types: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.</summary>
    private static bool TryValue(scoped ref ReadOnlySpan<byte> bytes, int wireType, out ulong number, out ReadOnlySpan<byte> content)
    {
        number = 0;
        content = [];
        ulong length;
        switch (wireType)
        {
            case 0:
                return TryVarint(ref bytes, out number);
            case 1 or 5:
                length = wireType == 1 ? 8UL : 4UL;
                break;
            case 2:
                if (!TryVarint(ref bytes, out length))
                    return false;
                break;
            default:
                return false;
        }

        if (length > (ulong)bytes.Length)
            return false;
        content = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return true;
    }

    private static bool TryVarint(scoped ref ReadOnlySpan<byte> bytes, out ulong number)
    {
        number = 0;
        for (int index = 0; index < Math.Min(bytes.Length, 10); index++)
        {
            number |= (ulong)(bytes[index] & 0x7F) << (7 * index);
            if ((bytes[index] & 0x80) != 0)
                continue;
            bytes = bytes[(index + 1)..];
            return true;
        }

        return false;
    }
}
