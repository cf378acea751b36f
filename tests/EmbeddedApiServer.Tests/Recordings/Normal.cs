// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Recordings;

/// <summary>
/// Answers without what differs from run to run: identity, times, versions, and the wording of messages. Presence and type of such a
/// field are kept.
/// </summary>
internal static partial class Normal
{
    private static readonly HashSet<string> PerRun =
        ["uid", "resourceVersion", "continue", "message", "storageVersionHash", "token", "description", "gitCommit"];

    public static JsonNode? Of(JsonNode? node, Translation names, string field = "") => node switch
    {
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Of(pair.Value, names, pair.Key)))),
        JsonArray list => new JsonArray([.. list.Select(item => Of(item, names, field == "cells" ? "cell" : ""))]),
        JsonValue value when value.TryGetValue(out string? text) => Word(text, field, names),
        _ => node?.DeepClone(),
    };

    private static string Word(string text, string field, Translation names)
    {
        if (PerRun.Contains(field))
            return text.Length == 0 ? "" : $"<{field}>";
        if (Time().IsMatch(text))
            return text.Contains('.', StringComparison.Ordinal) ? "<micro time>" : "<time>";
        if (field == "cell" && Age().IsMatch(text))
            return "<age>";
        return field == "name" ? names.Back(text) : text;
    }

    [GeneratedRegex(@"^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();

    [GeneratedRegex(@"^\d+[smhd]$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Age();
}
