// SPDX-License-Identifier: Apache-2.0

using YamlDotNet.RepresentationModel;

namespace KubeWgDiag.Kube.Credentials;

/// <summary>A YAML mapping read key by key; a value of the wrong kind is a <see cref="FormatException"/> that names the key only.</summary>
internal sealed class YamlMapping
{
    private static readonly YamlMapping Empty = new([]);
    private readonly YamlMappingNode _node;

    private YamlMapping(YamlMappingNode node) => _node = node;

    public static YamlMapping Of(YamlNode node, string what) => node switch
    {
        YamlMappingNode mapping => new YamlMapping(mapping),
        YamlScalarNode scalar when IsNull(scalar) => Empty,
        _ => throw new FormatException($"{what} is not a mapping."),
    };

    /// <summary>Whether the key stands there with something else than nothing.</summary>
    public bool Has(string key) => Find(key) is { } node && node is not YamlScalarNode { Value: "" or null };

    /// <summary>Null when absent or empty.</summary>
    public string? Text(string key) => Find(key) switch
    {
        null => null,
        YamlScalarNode { Value: "" or null } => null,
        YamlScalarNode scalar => scalar.Value,
        _ => throw new FormatException($"{key} is not a text."),
    };

    public bool Flag(string key) => Text(key) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw new FormatException($"{key} is neither true nor false."),
    };

    public YamlMapping Mapping(string key) => Find(key) is { } node ? Of(node, key) : Empty;

    public IEnumerable<YamlMapping> Sequence(string key) => Find(key) switch
    {
        null => [],
        YamlSequenceNode sequence => sequence.Children.Select(child => Of(child, $"an entry of {key}")),
        _ => throw new FormatException($"{key} is not a list."),
    };

    /// <summary>The texts of a list; empty when absent.</summary>
    public IReadOnlyList<string> Texts(string key) => Find(key) switch
    {
        null => [],
        YamlSequenceNode sequence => [.. sequence.Children.Select(child => (child as YamlScalarNode)?.Value ?? throw new FormatException($"an entry of {key} is not a text."))],
        _ => throw new FormatException($"{key} is not a list."),
    };

    /// <summary>What stands under a key, as JSON; null when nothing does.</summary>
    public string? Json(string key) => Find(key) is { } node ? YamlJson.Write(node) : null;

    private static bool IsNull(YamlScalarNode scalar) =>
        scalar.Style == YamlDotNet.Core.ScalarStyle.Plain && scalar.Value is null or "" or "~" or "null";

    private YamlNode? Find(string key) =>
        _node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? node) && node is not YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "~" or "null" or "" }
            ? node
            : null;
}
