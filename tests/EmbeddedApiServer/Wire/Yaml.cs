// SPDX-License-Identifier: Apache-2.0

using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeWgDiag.EmbeddedApiServer.Wire;

/// <summary>YAML documents as JSON trees, by the JSON-compatible part of YAML's core schema (what kubectl does too).</summary>
internal static class Yaml
{
    /// <summary>Aliases can blow a small text up without limit; the tree of one document may not exceed this many nodes.</summary>
    private const int MaxNodes = 200_000;

    /// <summary>All documents; null with a message when the text is no YAML.</summary>
    public static (IReadOnlyList<JsonNode?>? Documents, string? Problem) Parse(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException error)
        {
            return (null, $"error converting YAML to JSON: {error.Message}");
        }

        var documents = new List<JsonNode?>();
        foreach (YamlDocument document in stream.Documents)
        {
            int left = MaxNodes;
            documents.Add(Convert(document.RootNode, ref left));
            if (left < 0)
                return (null, "error converting YAML to JSON: document is too large");
        }

        return (documents, null);
    }

    private static JsonNode? Convert(YamlNode node, ref int left)
    {
        if (--left < 0)
            return null;
        switch (node)
        {
            case YamlMappingNode mapping:
                var map = new JsonObject();
                foreach ((YamlNode key, YamlNode value) in mapping.Children)
                    map[((YamlScalarNode)key).Value ?? ""] = Convert(value, ref left);
                return map;
            case YamlSequenceNode sequence:
                var list = new JsonArray();
                foreach (YamlNode item in sequence.Children)
                    list.Add(Convert(item, ref left));
                return list;
            default:
                return Scalar((YamlScalarNode)node);
        }
    }

    private static JsonNode? Scalar(YamlScalarNode node)
    {
        string text = node.Value ?? "";
        if (node.Style is not (ScalarStyle.Plain or ScalarStyle.Any))
            return text;
        if (text is "" or "~" or "null" or "Null" or "NULL")
            return null;
        if (text is "true" or "True" or "TRUE")
            return true;
        if (text is "false" or "False" or "FALSE")
            return false;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
            return whole;
        if (text.AsSpan().IndexOfAnyInRange('0', '9') >= 0 && !text.Contains('_', StringComparison.Ordinal)
            && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double real))
            return real;
        return text;
    }
}
