// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>The fields of a kind that field selectors may name, in stored form; their values are kept beside each object.</summary>
internal sealed class SelectableFields
{
    private readonly string[] _paths;
    private readonly string[][] _steps;

    public SelectableFields(IEnumerable<string> paths)
    {
        _paths = [.. paths.Distinct(StringComparer.Ordinal)];
        _steps = [.. _paths.Select(path => path.Split('.'))];
    }

    public IReadOnlyList<string> Paths => _paths;

    public static SelectableFields None { get; } = new([]);

    public int IndexOf(string path) => Array.IndexOf(_paths, path);

    public string[] Read(JsonObject body) => _steps.Length == 0 ? [] : [.. _steps.Select(steps => Text(body.At(steps)))];

    public static string Text(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } other => other.GetRawText(),
        _ => "",
    };

    private static string Text(JsonNode? value) => value switch
    {
        JsonValue scalar when scalar.TryGetValue(out string? text) => text,
        JsonValue other => other.ToJsonString(),
        _ => "",
    };
}
