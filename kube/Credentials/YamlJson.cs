// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeWgDiag.Kube.Credentials;

/// <summary>Writes YAML as JSON, for the one place where a kubeconfig holds something that is only passed on.</summary>
internal static class YamlJson
{
    private const int MaxDepth = 32;
    private const int MaxBytes = 64 << 10;

    /// <exception cref="FormatException">It is deeper or larger than anything that is passed on so.</exception>
    public static string Write(YamlNode node)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) Write(json, node, 0);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter json, YamlNode node, int depth)
    {
        // Aliases make a small text into a large tree.
        if (depth > MaxDepth || json.BytesCommitted + json.BytesPending > MaxBytes) throw new FormatException("an extension is too large.");
        switch (node)
        {
            case YamlMappingNode mapping:
                json.WriteStartObject();
                foreach ((YamlNode key, YamlNode value) in mapping.Children)
                {
                    json.WritePropertyName((key as YamlScalarNode)?.Value ?? throw new FormatException("an extension has a key that is not a text."));
                    Write(json, value, depth + 1);
                }

                json.WriteEndObject();
                break;
            case YamlSequenceNode sequence:
                json.WriteStartArray();
                foreach (YamlNode child in sequence.Children) Write(json, child, depth + 1);
                json.WriteEndArray();
                break;
            default:
                WriteScalar(json, (node as YamlScalarNode) ?? throw new FormatException("an extension cannot be read."));
                break;
        }
    }

    /// <summary>YAML's core schema, as far as JSON has the same values; what is quoted is a text.</summary>
    private static void WriteScalar(Utf8JsonWriter json, YamlScalarNode scalar)
    {
        if (scalar.Style != ScalarStyle.Plain) json.WriteStringValue(scalar.Value);
        else if (scalar.Value is null or "" or "~" or "null") json.WriteNullValue();
        else if (scalar.Value is "true" or "false") json.WriteBooleanValue(scalar.Value == "true");
        else if (long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)) json.WriteNumberValue(whole);
        else if (double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && double.IsFinite(real)) json.WriteNumberValue(real);
        else json.WriteStringValue(scalar.Value);
    }
}
