// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>
/// Makes every string of a status one plain line. Facts quote names that processes and devices gave themselves; a report with a control
/// character or a string of many kilobytes is refused as a whole, and then one process could silence its node.
/// </summary>
internal sealed class PlainStringConverter : JsonConverter<string>
{
    /// <summary>What the operator accepts (and more than any name or line the kernel gives).</summary>
    private const int MaxLength = 4096;

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(Plain(value));

    /// <inheritdoc/>
    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(Plain(value));

    private static string Plain(string value) => IsPlain(value) ? value : PlainText.OneLine(value, MaxLength);

    private static bool IsPlain(string value)
    {
        if (value.Length > MaxLength) return false;
        foreach (var character in value)
        {
            if (character is < ' ' or > '~') return false;
        }

        return true;
    }
}
