// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary>Looks at JSON before it is read into records.</summary>
internal static class JsonShape
{
    /// <summary>
    /// Finds a null or a foreign version. Facts never contain a null (what is absent is left out), and the serializer would put it into a
    /// list whose elements cannot be null: nullability of type arguments is unknown at run time. The version is looked at first because
    /// the records of another one need not fit at all.
    /// </summary>
    /// <param name="json">One object or an array of objects.</param>
    /// <param name="isKnownVersion">True for the versions that can be read.</param>
    /// <param name="isArray">The outermost value is an array.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static ParseProblem? Check(ReadOnlySpan<byte> json, Func<string, bool> isKnownVersion, out bool isArray)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 64 });
        if (!reader.Read()) throw new JsonException("no JSON in it", null, 0, 0);
        isArray = reader.TokenType == JsonTokenType.StartArray;
        var depth = isArray ? 2 : 1;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Null) return At(json, reader.TokenStartIndex, "null where a value has to be");
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != depth || !reader.ValueTextEquals("version")) continue;
            if (!reader.Read() || reader.TokenType != JsonTokenType.String) return At(json, reader.TokenStartIndex, "version is not a text");
            var version = Text(reader);
            if (version is null || !isKnownVersion(version))
                return At(json, reader.TokenStartIndex, $"facts of version '{version ?? "?"}' cannot be read by this program");
        }

        return null;
    }

    /// <summary>Null when the bytes or escapes are no Unicode text.</summary>
    private static string? Text(Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static ParseProblem At(ReadOnlySpan<byte> json, long position, string reason) =>
        new(1 + json[..(int)position].Count((byte)'\n'), reason);
}
