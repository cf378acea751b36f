// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.Diagnosis.Facts.Reading;

/// <summary>
/// Looks at the JSON text of facts before it is read into records: one pass, no memory but the field names of the place it is at. What holds for
/// every field is checked here, so that no record can be forgotten.
/// </summary>
public static class FactsScreen
{
    /// <summary>What is wrong; null when nothing is.</summary>
    /// <param name="json">One object or an array of objects.</param>
    /// <param name="limits">How much it may hold.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static FactsFault? FaultOf(ReadOnlySpan<byte> json, FactsLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        // One level more than is allowed: the reader's own exception would not say where.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = limits.Depth + 2 });
        var place = new Place(limits.Depth + 2);
        var versionDepth = -1;
        while (reader.Read())
        {
            if (versionDepth < 0) versionDepth = reader.TokenType == JsonTokenType.StartArray ? 2 : 1;
            if (ReasonOf(ref reader, json, place, limits, versionDepth) is { } reason)
                return new FactsFault(reader.TokenStartIndex, reason);
        }

        return null;
    }

    private static string? ReasonOf(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Place place, FactsLimits limits, int versionDepth)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                if (reader.CurrentDepth >= limits.Depth) return $"{place.Text(json, reader.CurrentDepth)} is nested too deeply";
                var tooMany = place.Count(reader.CurrentDepth, limits.Items) ? null : $"{place.Text(json, reader.CurrentDepth)} has more than {limits.Items} entries";
                place.Enter(reader.CurrentDepth + 1);
                return tooMany;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                return null;
            case JsonTokenType.PropertyName:
                place.Name(reader.CurrentDepth, (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
                if (StringFault(ref reader, limits) is { } nameFault) return $"a field name in {place.Text(json, reader.CurrentDepth - 1)} {nameFault}";
                return reader.CurrentDepth == versionDepth && reader.ValueTextEquals("version") ? VersionFault(ref reader) : null;
        }

        if (!place.Count(reader.CurrentDepth, limits.Items)) return $"{place.Text(json, reader.CurrentDepth)} has more than {limits.Items} entries";
        return reader.TokenType switch
        {
            // What is absent is left out. A null among the entries of a list has no meaning in any of them, and rules need not expect one.
            JsonTokenType.Null => $"{place.Text(json, reader.CurrentDepth)} is null where a value has to be",
            JsonTokenType.String when StringFault(ref reader, limits) is { } fault => $"{place.Text(json, reader.CurrentDepth)} {fault}",
            _ => null,
        };
    }

    // Looked at before anything after it is read into records: those of another version need not fit at all.
    private static string? VersionFault(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.String) return "version is not a text";
        var version = Decoded(ref reader);
        return version is not null && FactsVersion.IsReadable(version)
            ? null
            : $"facts of version '{(version is { Length: <= 64 } && version.All(IsOfAVersion) ? version : "?")}' cannot be read by this program, which reads {NodeFacts.CurrentVersion}";
    }

    private static bool IsOfAVersion(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '-';

    private static string? StringFault(ref Utf8JsonReader reader, FactsLimits limits)
    {
        // An escaped character takes at most six bytes, any other at most four.
        if (reader.ValueSpan.Length > 6L * limits.StringLength) return $"is longer than {limits.StringLength} characters";
        if (!reader.ValueIsEscaped && !reader.ValueSpan.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return reader.ValueSpan.Length > limits.StringLength ? $"is longer than {limits.StringLength} characters" : null;
        if (Decoded(ref reader) is not { } text) return "is not valid text";
        if (text.Length > limits.StringLength) return $"is longer than {limits.StringLength} characters";
        return limits.PlainText && !PlainText.IsPlain(text) ? "has control characters" : null;
    }

    /// <summary>Null when the bytes or escapes are no Unicode text.</summary>
    private static string? Decoded(ref Utf8JsonReader reader)
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

    /// <summary>Where the reader is: the field names on the way, and how many entries each level has had.</summary>
    private sealed class Place(int depth)
    {
        private const int MaxName = 40;
        private const int MaxText = 160;

        private readonly (int Start, int Length)[] _names = new (int, int)[depth + 1];
        private readonly int[] _entries = new int[depth + 1];

        public void Enter(int level) => (_names[level], _entries[level]) = (default, 0);

        public void Name(int level, int start, int length) => _names[level] = (start, length);

        public bool Count(int level, int most) => ++_entries[level] <= most;

        public string Text(ReadOnlySpan<byte> json, int level)
        {
            var text = new StringBuilder("facts");
            for (var i = 0; i <= level && text.Length < MaxText; i++)
            {
                if (_names[i].Length == 0) continue;
                text.Append('.');
                foreach (var c in json.Slice(_names[i].Start, Math.Min(_names[i].Length, MaxName)))
                    text.Append(char.IsAsciiLetterOrDigit((char)c) || (char)c is '_' or '-' or '.' ? (char)c : '?');
            }

            return text.ToString();
        }
    }
}
