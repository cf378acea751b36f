// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Bytes as the kernel keeps them in a register or key, compared by content; hexadecimal in JSON.</summary>
[JsonConverter(typeof(HexBytesJsonConverter))]
public readonly struct HexBytes(ReadOnlyMemory<byte> bytes) : IEquatable<HexBytes>
{
    public ReadOnlyMemory<byte> Memory { get; } = bytes;

    [JsonIgnore]
    public ReadOnlySpan<byte> Span => Memory.Span;

    [JsonIgnore]
    public int Length => Memory.Length;

    public static bool operator ==(HexBytes left, HexBytes right) => left.Equals(right);

    public static bool operator !=(HexBytes left, HexBytes right) => !left.Equals(right);

    public bool Equals(HexBytes other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is HexBytes other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>Lower-case hexadecimal without a prefix.</summary>
    public override string ToString() => Convert.ToHexStringLower(Span);
}

/// <summary>Writes <see cref="HexBytes"/> as a string of hexadecimal digits.</summary>
public sealed class HexBytesJsonConverter : JsonConverter<HexBytes>
{
    /// <inheritdoc/>
    public override HexBytes Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString() ?? "";
        var bytes = new byte[text.Length / 2];
        return Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done && text.Length % 2 == 0
            ? new HexBytes(bytes)
            : throw new JsonException("not a string of hexadecimal digits");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, HexBytes value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}
